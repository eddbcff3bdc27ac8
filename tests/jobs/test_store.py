"""The store: what went in comes out, from any thread and any process, and it stays small."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_viz.home_folder import home
from resnet_viz.jobs.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "deep" / "lab.sqlite")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """One store for all examples of a property."""
    return Store(tmp_path_factory.mktemp("shared") / "lab.sqlite")


def test_a_run_is_made_once_and_found_again(store: Store) -> None:
    first = store.ask("k", "basic-1")
    assert (first.status, first.reason, first.result) == ("waiting", "", {})
    store.set_status("k", "done", result={"error": 0.5})
    again = Store(store.path).ask("k", "basic-1")
    assert (again.status, again.result, again.created) == ("done", {"error": 0.5}, first.created)
    assert store.run("other") is None


def test_the_lowest_rank_holds_and_comes_first(store: Store) -> None:
    store.ask("many", "e", rank=1)
    store.ask("alone", "e")
    assert [run.key for run in store.unfinished()] == ["alone", "many"]
    assert store.ask("many", "e").rank == store.ask("many", "e", rank=1).rank == 0
    assert [run.key for run in store.unfinished()] == ["many", "alone"]


def test_whoever_asks_first_owns_it_and_the_longest_watch_holds(store: Store) -> None:
    assert store.ask("k", "e").owner == ""
    assert store.ask("k", "e", owner="ann").owner == "ann"
    assert store.ask("k", "e", owner="bob").owner == "ann"
    store.watch("k", 200.0)
    store.watch("k", 100.0)
    store.watch("nobody's", 100.0)
    seen_here = store.run("k")
    store.flush()
    for found in (seen_here, store.run("k"), Store(store.path).run("k")):
        assert found
        assert (found.owner, found.watched, found.status) == ("ann", 200.0, "waiting")
    assert store.run("nobody's") is None


def test_a_forgotten_run_leaves_nothing_and_may_begin_again(store: Store) -> None:
    store.ask("k", "e", owner="ann")
    store.add_steps("k", [(1, [1])])
    store.keep("k", 1, b"x")
    store.forget("k")
    assert (store.run("k"), store.steps("k"), store.checkpoint("k")) == (None, [], None)
    assert store.ask("k", "e", owner="bob").owner == "bob"
    assert (store.steps("k"), store.checkpoint("k")) == ([], None)


def test_what_nobody_asked_for_is_not_kept(store: Store) -> None:
    store.add_steps("k", [(1, [1])])
    store.keep("k", 1, b"x")
    store.set_status("k", "done")
    assert (store.run("k"), store.steps("k"), store.checkpoint("k")) == (None, [], None)


def test_histories_are_ordered_and_repeated_steps_replaced(store: Store) -> None:
    store.ask("k", "e")
    store.add_steps("k", [(2, [2, 0.2]), (1, [1, 0.1])])
    store.add_steps("k", [(3, [3, 0.3]), (2, [2, 0.25])])
    assert store.steps("k") == [[1, 0.1], [2, 0.25], [3, 0.3]]
    assert store.steps("k", after=2) == [[3, 0.3]]


@given(st.lists(st.tuples(st.integers(0, 100), st.binary(max_size=20)), min_size=1, max_size=8))
def test_the_latest_checkpoint_wins(shared: Store, saved: list[tuple[int, bytes]]) -> None:
    shared.forget("k")
    shared.ask("k", "e")
    for step, blob in saved:
        shared.keep("k", step, blob)
    best = max(step for step, _ in saved)
    assert shared.checkpoint("k") == (best, [blob for step, blob in saved if step == best][-1])


def test_a_finished_run_gives_its_checkpoint_up_and_a_stopped_one_does_not(store: Store) -> None:
    for key in "ab":
        store.ask(key, "e")
        store.keep(key, 5, b"x")
    store.set_status("a", "done")
    store.set_status("b", "stopped", reason="left")
    assert store.checkpoint("a") is None
    assert store.checkpoint("b") == (5, b"x")


def test_threads_and_processes_share_it(store: Store) -> None:
    store.ask("k", "e")

    def write(start: int) -> None:
        for step in range(start, start + 50):
            store.add_steps("k", [(step, [step])])

    threads = [threading.Thread(target=write, args=(start,)) for start in (0, 100, 200)]
    code = (
        "import sys; from pathlib import Path; from resnet_viz.jobs.store import Store; s = Store(Path(sys.argv[1]))\n"
        "for step in range(300, 350): s.add_steps('k', [(step, [step])])"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(store.path)])
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert process.wait(60) == 0
    assert len(store.steps("k", after=-1)) == 200


def test_where_it_lives(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RESNET_VIZ_HOME", str(tmp_path))
    assert home() == tmp_path
    monkeypatch.delenv("RESNET_VIZ_HOME")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert home() == tmp_path / "resnet_viz"
