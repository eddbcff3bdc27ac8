"""The store's file broken on purpose: whatever happens to it, questions are answered, and what can be kept is kept."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from resnet_viz.jobs.changes import StoredRun
from resnet_viz.jobs.store import Store
from resnet_viz.jobs.store_file import StoreBusy

PATIENCE = 10.0
"""Seconds that a test gives to what must not wait for another process, which never lets go by itself."""
VERSION_2 = """
create table if not exists runs (
  key text primary key, experiment text not null, status text not null, reason text not null default '',
  result text not null default '{}', code text not null, created real not null, seen real not null,
  bytes integer not null default 0, rank integer not null default 0);
create table if not exists steps (key text not null, step integer not null, record text not null, primary key (key, step))
  without rowid;
create table if not exists checkpoints (key text primary key, step integer not null, blob blob not null);
create index if not exists by_seen on runs (seen);
pragma user_version = 2;
pragma journal_mode = wal;
"""
"""The tables as the last version made them."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lab.sqlite"


def fill(store: Store) -> None:
    """A run that trains and one that is done."""
    for key in ("live", "done"):
        store.ask(key, f"experiment {key}")
        store.add_steps(key, [(step, [step, 0.5]) for step in range(1, 4)])
    store.keep("live", 3, b"checkpoint")
    store.set_status("live", "running")
    store.set_status("done", "done", result={"error": 0.25})


def works(store: Store) -> None:
    """A run can be asked for, told about and found again."""
    store.ask("new", "e")
    store.add_steps("new", [(1, [1])])
    store.keep("new", 1, b"x")
    store.set_status("new", "running", result={"resumed": 1})
    found = store.run("new")
    assert found
    assert (found.status, found.result, store.steps("new"), store.checkpoint("new")) == (
        "running",
        {"resumed": 1},
        [[1]],
        (1, b"x"),
    )
    assert "new" in {run.key for run in store.unfinished()}


def kept(store: Store) -> dict[str, StoredRun]:
    """What there is of the runs of these tests."""
    found = {key: store.run(key) for key in ("live", "done", "new", "other")}
    return {key: run for key, run in found.items() if run}


def code(store: Store) -> str:
    for language in ("en", "zh"):
        assert store.problem is None or store.problem.said(language)
    return store.problem.code if store.problem else ""


# At the start


def other_application(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("create table bookmarks (url text)")
    db.close()


def newer(path: Path) -> None:
    Store(path).close()
    with sqlite3.connect(path) as db:
        db.execute("pragma user_version = 99")
    db.close()


def truncated(path: Path) -> None:
    store = Store(path)
    fill(store)
    store.close()
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


def garbage(path: Path) -> None:
    path.write_bytes(b"SQLite format 4" + bytes(range(256)) * 40)


@pytest.mark.parametrize("spoil", [garbage, other_application, newer, truncated])
def test_what_cannot_be_read_is_set_aside(path: Path, spoil: Callable[[Path], None]) -> None:
    spoil(path)
    before = path.read_bytes()
    store = Store(path)
    store.run("live")
    store.steps("live")
    works(store)
    store.close()
    (aside,) = [p for p in path.parent.iterdir() if "unreadable" in p.name]
    assert aside.read_bytes() == before
    assert code(store) == "store_set_aside"
    assert store.problem
    assert aside.name in str(store.problem)
    assert code(again := Store(path)) == ""
    assert again.run("new")


@pytest.mark.parametrize("found", [b"\0", b"\xff"], ids=["no JSON", "no text"])
@pytest.mark.parametrize("where", ["steps", "result"])
def test_what_was_overwritten_within_a_text_is_damage_though_sqlite_reads_it(path: Path, where: str, found: bytes) -> None:
    store, mark = Store(path), "m" * 50
    fill(store)
    if where == "steps":
        store.add_steps("done", [(4, [4, mark])])
    else:
        store.set_status("done", "done", result={"error": mark})
    store.close()
    before = path.read_bytes()
    assert mark.encode() in before
    path.write_bytes(before.replace(mark.encode() + b'"', found * (len(mark) + 1)))
    store = Store(path)
    assert (store.steps("done") if where == "steps" else store.run("done")) in ([], None), "nothing that is made up"
    works(store)
    assert code(store) == "store_set_aside"
    store.close()


def test_an_empty_file_is_a_new_one(path: Path) -> None:
    path.touch()
    store = Store(path)
    works(store)
    assert (code(store), store.generation) == ("", 0)


@pytest.mark.parametrize("what", ["file", "folder"])
def test_what_cannot_be_written_is_replaced_by_memory(guarded: Path, what: str) -> None:
    path = guarded / "lab.sqlite"
    first = Store(path)
    fill(first)
    first.close()
    before = path.read_bytes()
    path.chmod(0o400)
    if what == "folder":
        guarded.chmod(0o500)
    store = Store(path)
    works(store)
    store.flush()
    assert code(store) == "store_read_only"
    assert path.read_bytes() == before


def test_a_folder_that_cannot_be_made_is_replaced_by_memory(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    store = Store(tmp_path / "file" / "deep" / "lab.sqlite")
    works(store)
    store.close()
    works(store)
    assert code(store) == "store_read_only"


def make_version_2(path: Path, runs: int = 2, length: int = 10) -> None:
    db = sqlite3.connect(path)
    db.executescript(VERSION_2)
    for n in range(runs):
        db.execute(
            "insert into runs (key, experiment, status, result, code, created, seen, rank) values (?, 'e', ?, ?, '0.1', ?, ?, 0)",
            (f"k{n}", "waiting" if n == 0 else "done", '{"error": 0.5}', 100.0 + n, 100.0 + n),
        )
        db.executemany("insert into steps values (?, ?, ?)", [(f"k{n}", i, f'[{i}, "{"x" * length}"]') for i in (1, 2, 3)])
        db.execute("insert into checkpoints values (?, 3, ?)", (f"k{n}", b"blob"))
    db.commit()
    db.close()


def test_the_last_versions_file_opens_without_loss(path: Path) -> None:
    make_version_2(path)
    for _ in range(2):  # brought up to date, and then opened again
        store = Store(path)
        waiting, done = store.run("k0"), store.run("k1")
        assert waiting
        assert done
        assert (waiting.status, waiting.owner, waiting.watched, waiting.created) == ("waiting", "", 0.0, 100.0)
        assert (done.status, done.result, done.code) == ("done", {"error": 0.5}, "0.1")
        assert store.steps("k1") == [[i, "x" * 10] for i in (1, 2, 3)]
        assert store.checkpoint("k0") == (3, b"blob")
        assert code(store) == ""
        store.close()


def test_a_file_of_the_last_version_that_is_too_large_becomes_small_on_disk(path: Path) -> None:
    make_version_2(path, runs=40, length=20_000)
    assert path.stat().st_size > 2_000_000
    store = Store(path, max_bytes=500_000)
    store.close()
    assert path.stat().st_size <= 500_000
    assert store.steps("k0"), "the one that is not over"
    assert store.steps("k39"), "the one that was looked at last"
    assert store.run("k1") is None


# While the app runs


def remove(path: Path) -> None:
    for name in path.parent.glob("lab.sqlite*"):
        name.unlink()


def remove_the_folder(path: Path) -> None:
    shutil.rmtree(path.parent)


def replace(path: Path) -> None:
    other = path.with_name("other.sqlite")
    Store(other).close()
    other.replace(path)


def empty(path: Path) -> None:
    os.truncate(path, 0)


def halve(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def overwrite(path: Path) -> None:
    path.write_bytes(b"nonsense" * 5000)
    Path(f"{path}-wal").unlink()


@pytest.mark.parametrize("spoil", [remove, remove_the_folder, replace, empty, halve, overwrite])
@pytest.mark.parametrize("written", [True, False], ids=["in the file", "in the log"])
def test_a_file_that_goes_while_the_app_runs_is_noticed(tmp_path: Path, spoil: Callable[[Path], None], written: bool) -> None:
    path = tmp_path / "folder" / "lab.sqlite"
    store = Store(path)
    fill(store)
    if written:
        store.close()
        assert store.steps("done")
    spoil(path)
    for key in ("live", "done"):
        store.run(key)
        store.steps(key)
        store.checkpoint(key)
    live = store.run("live")
    assert live, "what has not ended is still known"
    assert (live.status, live.experiment) == ("running", "experiment live")
    store.add_steps("live", [(4, [4, 0.5])])
    assert store.steps("live")[-1] == [4, 0.5]
    works(store)
    store.close()
    again = Store(path)
    assert again.run("new")
    assert again.steps("live")[-1] == [4, 0.5]
    if spoil in (remove, remove_the_folder, replace, empty):
        assert store.generation == 1
        assert code(store) == ("store_set_aside" if spoil is empty else "store_lost"), "what the log had is in the emptied file"


def test_two_apps_lose_the_file_and_meet_in_the_new_one(path: Path) -> None:
    first, second = Store(path), Store(path)
    fill(first)
    remove(path)
    first.ask("a", "e")
    second.ask("b", "e")
    assert {run.key for run in first.unfinished()} == {run.key for run in second.unfinished()} == {"live", "a", "b"}
    assert (first.generation, second.generation) == (1, 1)


def test_a_full_disk_is_said_and_what_waits_is_written_when_there_is_room(path: Path) -> None:
    store = Store(path)
    fill(store)
    database = store._file.database
    assert database
    (pages,) = database.writer.execute("pragma page_count").fetchone()
    database.writer.execute(f"pragma max_page_count = {pages}")  # SQLite then fails as it does on a full disk
    store.add_steps("live", [(step, ["x" * 1000]) for step in range(4, 100)])
    assert code(store) == "store_full"
    store.keep("live", 99, b"y" * 100_000)
    store.set_status("live", "paused")
    assert len(store.steps("live")) == 99
    assert [run.status for run in store.unfinished()] == ["paused"]
    assert Store(path).steps("live", after=3) == []
    database.writer.execute("pragma max_page_count = 1000000")
    store.flush()
    assert code(store) == ""
    other = Store(path)
    assert other.steps("live") == store.steps("live")
    assert other.checkpoint("live") == (99, b"y" * 100_000)
    assert [run.status for run in other.unfinished()] == ["paused"]


def test_what_no_file_could_hold_is_the_callers_fault_and_harms_nothing_else(path: Path) -> None:
    store = Store(path)
    fill(store)
    with pytest.raises(TypeError):
        store.set_status("live", "running", result={"error": object()})
    with pytest.raises(TypeError):
        store.add_steps("live", [(4, [object()])])
    with pytest.raises(UnicodeEncodeError):
        store.ask("\udc80", "e")
    with pytest.raises(sqlite3.Error):
        store.ask("other", ["e"])  # type: ignore[arg-type]
    store.set_status("live", "stopped", reason="no file \udc80")
    works(store)
    assert (code(store), store.generation) == ("", 0)
    assert {*kept(Store(path))} == {"live", "done", "new"}


@pytest.mark.parametrize("name", ["SQLITE_PROTOCOL", "SQLITE_NOMEM", "SQLITE_INTERRUPT", "SQLITE_BUSY_RECOVERY"])
def test_a_failure_of_the_moment_is_no_damage(path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    store = Store(path)
    fill(store)
    failure = sqlite3.OperationalError(name)
    failure.sqlite_errorcode = getattr(sqlite3, name)

    def fails(*_: object) -> bool:
        raise failure

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(store, "_write", fails)
        store.set_status("live", "paused")
        store.flush()
        with pytest.raises(StoreBusy):
            store._file.read(fails)
    store.flush()
    assert Store(path).run("live").status == "paused"  # type: ignore[union-attr]
    assert (code(store), store.generation) == ("", 0)
    assert not [*path.parent.glob("*unreadable*")]


# Other processes and threads


@contextmanager
def held(path: Path, statement: str) -> Iterator[None]:
    """Another process has begun a transaction and does not end it."""
    program = (
        "import sqlite3, sys; db = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "db.execute(sys.argv[2]); db.execute('update runs set rank = rank'); print('held', flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(path), statement], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdin
    try:
        assert process.stdout.readline() == "held\n"
        yield
    finally:
        process.stdin.close()
        process.wait(60)
        process.stdout.close()


@pytest.mark.parametrize("statement", ["begin immediate", "begin exclusive"])
def test_nobody_waits_for_a_process_that_writes_for_long(path: Path, statement: str) -> None:
    store = Store(path)
    fill(store)
    with held(path, statement):
        started = time.monotonic()
        works(store)
        store.add_steps("live", [(4, [4]), (3, [3])])
        store.set_status("live", "stopped", reason="asked")
        store.keep("live", 4, b"later")
        store.watch("done", 50.0)
        store.flush()
        store.forget("done")
        other = Store(path)  # an app that is started meanwhile
        assert [run.key for run in other.unfinished()] == ["live"]
        assert store.steps("live") == [[1, 0.5], [2, 0.5], [3], [4]]
        assert store.checkpoint("live") == (4, b"later")
        assert {*kept(store)} == {"live", "new"}
        assert [run.key for run in store.unfinished()] == ["new"]
        assert store.run("done") is None
        assert time.monotonic() - started < PATIENCE
        assert other.run("new") is None
    store.flush()
    for seen in (store, other):
        assert {run.key: (run.status, run.reason) for run in kept(seen).values()} == {
            "new": ("running", ""),
            "live": ("stopped", "asked"),
        }
        assert seen.steps("live") == [[1, 0.5], [2, 0.5], [3], [4]]
        assert seen.checkpoint("live") == (4, b"later")
    assert (code(store), store.generation) == ("", 0)


def test_threads_share_a_few_connections(path: Path) -> None:
    folder = Path("/proc/self/fd")
    if not folder.exists():
        pytest.skip("counts files in /proc")
    store = Store(path)
    fill(store)
    before = len(list(folder.iterdir()))
    failed: list[Exception] = []
    ready, leave = threading.Barrier(201), threading.Event()

    def work(n: int) -> None:
        try:
            store.add_steps("live", [(n, [n])])
            assert store.run("live")
            assert store.steps("done")
        except Exception as error:
            failed.append(error)
        ready.wait(60)
        leave.wait(60)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(200)]
    for thread in threads:
        thread.start()
    ready.wait(60)
    now = len(list(folder.iterdir()))
    leave.set()
    for thread in threads:
        thread.join()
    assert not failed
    assert now - before <= 12
    store.close()
    assert len(list(folder.iterdir())) < before, "closed, until somebody asks again"
    assert len(store.steps("live", after=-1)) == 200


def test_apps_that_start_at_once_share_what_they_tell(path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from resnet_viz.jobs.store import Store\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        "s = Store(Path(sys.argv[1])); n = int(sys.argv[2]); s.ask('k', 'e', n)\n"
        "for step in range(n, n + 50): s.add_steps('k', [(step, [step])])\n"
        "s.close(); assert s.problem is None, s.problem; assert s.generation == 0"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(path), str(n * 100)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for n in range(4)
    ]
    for process in processes:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.communicate("go\n", timeout=60)
        assert process.returncode == 0
    store = Store(path)
    assert len(store.steps("k", after=-1)) == 200
    assert [run.rank for run in store.unfinished()] == [0]
