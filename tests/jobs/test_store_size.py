"""However much is told, the store stays below its size on disk, and what it has accepted of a run that trains stays."""

from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from resnet_viz.jobs.store import Store
from resnet_viz.jobs.store_problems import CheckpointTooLarge, StoreFull

MOST, BLOB = 512 * 1024, 96 * 1024
RECORDS = 60_000
"""The most characters that one call adds here."""
SLACK = BLOB + RECORDS + 2 * 32_768 + 16 * 4096
"""One write in the log beyond its size, the log's index, and the pages that hold the tables together."""

keys = st.sampled_from("abcdef")
statuses = st.sampled_from(["waiting", "running", "paused", "done", "stopped", "failed"])


def on_disk(path: Path) -> int:
    return sum(p.stat().st_size for p in path.parent.iterdir())


class Bounded(RuleBasedStateMachine):
    """Any sequence of what an engine does, beside somebody who reads for as long as it pleases."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "lab.sqlite"
        self.store = Store(self.path, max_bytes=MOST, max_blob=BLOB)
        self.accepted: dict[str, dict[int, int]] = {}
        self.reader: sqlite3.Connection | None = None

    def teardown(self) -> None:
        if self.reader:
            self.reader.close()
        self.store.close()
        self.folder.cleanup()

    @rule(key=keys, rank=st.integers(0, 1))
    def ask(self, key: str, rank: int) -> None:
        try:
            self.store.ask(key, "e" * 200, rank)
        except StoreFull:
            self.accepted.pop(key, None)

    @rule(key=keys, status=statuses)
    def end(self, key: str, status: str) -> None:
        try:
            self.store.set_status(key, status, result={"error": 0.5})  # type: ignore[arg-type]
        except StoreFull:
            self.accepted.pop(key, None)

    @rule(key=keys, first=st.integers(1, 300), count=st.integers(1, 30), size=st.integers(1, RECORDS // 30))
    def add(self, key: str, first: int, count: int, size: int) -> None:
        asked = self.store.run(key)
        try:
            self.store.add_steps(key, [(step, [step, "x" * size]) for step in range(first, first + count)])
        except StoreFull:
            self.accepted.pop(key, None)  # these, or those that could not be written before
        else:
            if asked:
                self.accepted.setdefault(key, {}).update(dict.fromkeys(range(first, first + count), size))

    @rule(key=keys, step=st.integers(1, 300), size=st.integers(0, BLOB + 10))
    def keep(self, key: str, step: int, size: int) -> None:
        try:
            self.store.keep(key, step, b"x" * size)
        except CheckpointTooLarge:
            assert size > BLOB
        except StoreFull:
            self.accepted.pop(key, None)

    @rule(key=keys)
    def forget(self, key: str) -> None:
        self.store.forget(key)
        self.accepted.pop(key, None)

    @rule(key=keys)
    def watch(self, key: str) -> None:
        self.store.watch(key, 1e9)

    @rule()
    def flush(self) -> None:
        self.store.flush()

    @rule()
    def start_again(self) -> None:
        self.store.close()

    @precondition(lambda self: self.reader is None)
    @rule()
    def begin_to_read(self) -> None:
        self.reader = sqlite3.connect(self.path, isolation_level=None)
        self.reader.execute("begin")
        self.reader.execute("select count(*) from steps").fetchone()

    @precondition(lambda self: self.reader is not None)
    @rule()
    def stop_reading(self) -> None:
        assert self.reader
        self.reader.close()
        self.reader = None

    @invariant()
    def it_is_small(self) -> None:
        assert on_disk(self.path) <= MOST + SLACK
        assert self.store.size() <= MOST

    @invariant()
    def what_was_accepted_is_there(self) -> None:
        if self.reader is None:
            self.store.flush()
            for run in self.store.unfinished():
                if run.key not in self.store._refused:  # said at the next call for this run
                    there = {step: len(text) for step, text in self.store.steps(run.key)}
                    assert self.accepted.get(run.key, {}).items() <= there.items()


TestBounded = Bounded.TestCase
TestBounded.settings = settings(max_examples=15, stateful_step_count=30, deadline=None)


def fill(store: Store, key: str, steps: int = 1000) -> int:
    """Tell 4 kB a step until no more is taken; how many were."""
    for step in range(1, steps + 1):
        try:
            store.add_steps(key, [(step, "x" * 4000)])
        except StoreFull:
            return step - 1
    return steps


def test_what_nobody_looks_at_goes_first_and_what_is_watched_last(tmp_path: Path) -> None:
    store = Store(tmp_path / "lab.sqlite", max_bytes=MOST)
    for n in range(12):
        store.ask(f"k{n}", "e")
        assert fill(store, f"k{n}", 15) == 15
        store.watch("k0", 1e9)
        store.set_status(f"k{n}", "done")
    first, *others = [n for n in range(12) if store.run(f"k{n}")]
    assert first == 0
    assert others == [*range(12 - len(others), 12)]
    assert len(others) >= 3
    assert (store.steps("k1"), len(store.steps("k0"))) == ([], 15)


def test_checkpoints_go_before_histories_and_the_longest_run_is_refused_first(tmp_path: Path) -> None:
    store = Store(tmp_path / "lab.sqlite", max_bytes=MOST, max_blob=BLOB)
    for key in ("done", "long", "short"):
        store.ask(key, "e")
    store.set_status("done", "done")
    store.keep("long", 1, b"x" * BLOB)
    store.add_steps("short", [(1, "x")])
    taken = fill(store, "long")
    assert taken > MOST / 2 / 4000
    assert store.run("done") is None
    assert store.checkpoint("long") is None
    assert len(store.steps("long")) == taken
    with pytest.raises(StoreFull, match="MiB"):
        store.add_steps("long", [(taken + 1, "x" * 4000)])
    assert 0 < fill(store, "short") < taken, "room is kept for the others"
    store.set_status("long", "stopped")
    assert fill(store, "short", 50) == 50, "a run that is over gives its room to one that is not"
    assert on_disk(store.path) <= MOST + SLACK


def test_steps_told_again_are_counted_once(tmp_path: Path) -> None:
    store = Store(tmp_path / "lab.sqlite", max_bytes=MOST)
    store.ask("k", "e")
    for _ in range(50):
        store.add_steps("k", [(step, "x" * 4000) for step in range(20)])
    assert len(store.steps("k", after=-1)) == 20


def test_a_checkpoint_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    store = Store(tmp_path / "lab.sqlite", max_blob=2**20)
    store.ask("k", "e")
    store.keep("k", 1, b"small")
    with pytest.raises(CheckpointTooLarge, match=r"1\sMiB is kept, this network's has 2\sMiB"):
        store.keep("k", 2, bytes(2**21))
    assert store.checkpoint("k") == (1, b"small")


def test_a_store_too_small_for_its_tables_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least 262144, got 10"):
        Store(tmp_path / "lab.sqlite", max_bytes=10)
