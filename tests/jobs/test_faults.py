"""What breaks while runs train: the runs go on to the numbers of an undisturbed one, or end with a reason."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from resnet_viz.jobs import keeper, run_state
from resnet_viz.jobs.engine import Engine, key_of
from resnet_viz.jobs.run_state import RunRecords
from resnet_viz.jobs.store import Store
from resnet_viz.jobs.task import train, write_wishes
from resnet_viz.training.records import StepRecord
from tests.jobs.helpers import eager_workers, experiment, finished, numbers, on_the_scheduler, status, undisturbed
from tests.waiting import until

# Dask's own, from threads of its own
pytestmark = [pytest.mark.endurance, pytest.mark.filterwarnings("ignore")]


@pytest.fixture(scope="module", autouse=True)
def eager() -> Iterator[None]:
    with eager_workers():
        yield


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    made = Engine(Store(tmp_path_factory.mktemp("faults") / "lab.sqlite"), workers=2)
    yield made
    made.close()


def signal_workers(engine: Engine, what: signal.Signals) -> None:
    for process in engine.keeper.connection.processes[1:]:
        os.kill(process.pid, what)


def kill_who_trains(engine: Engine) -> None:
    """Kill the workers that have something to do; the others go on with it."""
    at_work = engine.keeper.connection.client.processing()
    for process in engine.keeper.connection.processes[1:]:
        if at_work.get(process.address):
            os.kill(process.pid, signal.SIGKILL)


def test_a_worker_killed_twice(engine: Engine) -> None:
    e = experiment(5, steps=1500)
    key = engine.ask(e)
    for steps in (30, 300):
        until(lambda: len(engine.history(key)) > steps)  # noqa: B023
        kill_who_trains(engine)
    until(lambda: finished(engine, key))
    view = engine.view(key)
    assert view
    assert view.run.status == "done"
    assert numbers(engine.history(key)) == undisturbed(e)
    until(lambda: on_the_scheduler(engine) == [])


def test_a_stopped_worker_is_said_and_goes_on(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_state, "SILENT", 2.0)
    e, other = experiment(6, steps=1500), experiment(7, steps=2000)
    key, lost = engine.ask(e), engine.ask(other)
    until(lambda: len(engine.history(key)) > 3 and len(engine.history(lost)) > 3)
    assert engine.seconds_left(e, 3)
    signal_workers(engine, signal.SIGSTOP)
    try:
        until(lambda: (view := engine.view(key)) and view.silent)
        assert engine.seconds_left(e, 3) is None, "nobody knows"
        engine.cancel(lost)
        until(lambda: status(engine, lost) == "stopped")  # although no worker listens
    finally:
        signal_workers(engine, signal.SIGCONT)
    until(lambda: finished(engine, key))
    assert status(engine, key) == "done"
    assert numbers(engine.history(key)) == undisturbed(e)
    after = [engine.ask(experiment(seed)) for seed in (8, 9)]
    until(lambda: all(status(engine, each) == "done" for each in after))
    until(lambda: on_the_scheduler(engine) == [])


@pytest.mark.parametrize("lost", ["some", "all"])
def test_events_that_are_lost_are_found_again(engine: Engine, monkeypatch: pytest.MonkeyPatch, lost: str) -> None:
    e = experiment({"some": 40, "all": 41}[lost], steps=400)
    heard, seen = engine.keeper._heard, [0]

    def hear(message: dict[str, Any]) -> None:
        seen[0] += message["kind"] == "steps"
        if message["kind"] != "steps" or (lost == "some" and seen[0] % 3):
            heard(message)

    monkeypatch.setattr(engine.keeper.connection, "_heard", hear)
    key = engine.ask(e)
    until(lambda: finished(engine, key))
    assert seen[0] > 3
    assert status(engine, key) == "done"
    assert numbers(engine.history(key)) == undisturbed(e)
    until(lambda: len(engine.store.steps(key)) == e.steps)


def test_a_gap_is_filled_while_the_run_trains(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    e = experiment(42, steps=2000, n=1)
    heard, dropped = engine.keeper._heard, list[int]()

    def hear(message: dict[str, Any]) -> None:
        if message["kind"] == "steps" and not dropped and message["records"][0][0] > 20:
            dropped.append(message["records"][0][0])
        else:
            heard(message)

    monkeypatch.setattr(engine.keeper.connection, "_heard", hear)
    key = engine.ask(e)
    until(lambda: dropped)
    until(lambda: len(engine.history(key)) > dropped[0] + 50)
    assert status(engine, key) == "running"
    engine.cancel(key)
    until(lambda: finished(engine, key))


def test_steps_that_died_with_their_worker_are_trained_again(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    e = experiment(43, steps=800)
    heard, saved, listens = engine.keeper._heard, threading.Event(), threading.Event()

    def hear(message: dict[str, Any]) -> None:
        if listens.is_set():
            heard(message)
        elif message["kind"] == "saved":
            saved.set()

    monkeypatch.setattr(engine.keeper.connection, "_heard", hear)
    key = engine.ask(e)
    until(saved.is_set)
    kill_who_trains(engine)  # the next worker goes on from a checkpoint whose steps nobody has heard
    listens.set()
    until(lambda: finished(engine, key))
    assert status(engine, key) == "done"
    assert numbers(engine.history(key)) == undisturbed(e)


def test_a_run_that_fails_ends_alone_and_with_its_reason(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = experiment(50), experiment(51, steps=300)
    monkeypatch.setattr(keeper, "train", fail_for_50)
    keys = [engine.ask(bad), engine.ask(good)]
    client = engine.keeper.connection.client
    until(lambda: {finished(engine, key) for key in keys} == {True})  # who waits is looked at too
    view = engine.view(keys[0])
    assert view
    assert (view.run.status, view.run.reason) == ("failed", "MemoryError: no room for <b>this</b>")
    assert status(engine, keys[1]) == "done"
    assert engine.keeper.connection.client is client, "no reason to connect anew"
    until(lambda: on_the_scheduler(engine) == [])


def fail_for_50(key: str, text: str, resume: tuple[int, bytes] | None) -> dict[str, Any]:
    """`train`, which fails for one run. A worker imports it by name."""
    if key == key_of(experiment(50)):
        raise MemoryError("no room for <b>this</b>")
    return train(key, text, resume)


def test_a_run_that_breaks_the_connection_each_time_ends(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = experiment(52), experiment(53, steps=300)
    write = write_wishes

    def break_for_one(client: Any, key: str, wishes: Any) -> None:
        if key == key_of(bad):
            raise OSError("the connection is gone")
        write(client, key, wishes)

    monkeypatch.setattr(keeper, "write_wishes", break_for_one)
    keys = [engine.ask(bad), engine.ask(good)]
    until(lambda: {finished(engine, key) for key in keys} == {True})  # who waits is looked at too
    assert [status(engine, key) for key in keys] == ["failed", "done"]
    assert numbers(engine.history(keys[1])) == undisturbed(good)


@pytest.mark.parametrize("what", ["removed", "garbage"])
def test_the_store_is_broken_while_a_run_trains(engine: Engine, what: str) -> None:
    e = experiment({"removed": 60, "garbage": 61}[what], steps=1000)
    key = engine.ask(e)
    until(lambda: len(engine.history(key)) > 20)
    path = engine.store.path
    if what == "removed":
        for name in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
            name.unlink(missing_ok=True)
    else:
        path.write_bytes(os.urandom(100_000))
    until(lambda: finished(engine, key))
    assert status(engine, key) == "done"
    assert numbers(engine.history(key)) == undisturbed(e)
    assert engine.problem
    assert engine.problem.code in ("store_lost", "store_set_aside")
    until(lambda: len(engine.store.steps(key)) == e.steps)
    after = Store(path)
    kept = [StepRecord.from_json(record) for record in after.steps(key)]
    assert numbers(kept) == undisturbed(e), "the new file has all of it, also what was shown before"
    after.close()


def test_a_store_that_refuses_checkpoints_or_is_full_costs_the_run_nothing(tmp_path: Path) -> None:
    e, long = experiment(70, steps=600), experiment(71, steps=1200, n=1)
    engine = Engine(Store(tmp_path / "s.sqlite", max_bytes=256 * 2**10, max_blob=1000), workers=1)
    try:
        keys = [engine.ask(e), engine.ask(long)]
        until(lambda: engine.keeper.connection.client)
        client = engine.keeper.connection.client
        until(lambda: {finished(engine, key) for key in keys} == {True})  # who waits is looked at too
        assert [status(engine, key) for key in keys] == ["done", "done"]
        assert numbers(engine.history(keys[1])) == undisturbed(long)
        view = engine.view(keys[1])
        assert view
        assert view.unkept
        assert view.unkept.code in ("store_no_room", "checkpoint_size")
        assert len(engine.store.steps(keys[1])) < long.steps
        assert engine.keeper.connection.client is client, "no reason to connect anew"
    finally:
        engine.close()


def test_a_history_is_put_together_from_any_order() -> None:
    records = [StepRecord(step, 1.0, 0.5, 1.0, 0.5, 100.0) for step in range(1, 21)]
    history = RunRecords(records[:3])
    for first in (15, 5, 0, 9, 3, 12):
        history.add(records[first : first + 6])
    assert history.records == records
    assert not history.has_gap
    history = RunRecords(records[5:])
    assert len(history) == 0
    assert history.has_gap
