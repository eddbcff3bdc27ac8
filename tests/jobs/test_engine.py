"""The engine on real processes: one run for everybody, and nothing is lost when something dies."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from resnet_viz.jobs import cluster
from resnet_viz.jobs.engine import Engine, key_of
from resnet_viz.jobs.store import Store
from resnet_viz.jobs.task import Wishes, train_with
from resnet_viz.training.records import StepRecord
from tests.jobs.helpers import eager_workers, experiment, finished, numbers, on_the_scheduler, status, undisturbed
from tests.waiting import until

pytestmark = pytest.mark.filterwarnings("ignore")  # Dask's own, from threads of its own


@pytest.fixture(scope="module", autouse=True)
def eager() -> Iterator[None]:
    with eager_workers():
        yield


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    made = Engine(Store(tmp_path_factory.mktemp("lab") / "lab.sqlite"), workers=1)
    yield made
    made.close()


def test_a_run_is_the_generators_run(engine: Engine) -> None:
    e = experiment()
    key = engine.ask(e)
    until(lambda: finished(engine, key))
    view = engine.view(key)
    assert view
    assert (view.run.status, view.step) == ("done", e.steps)
    assert numbers(engine.history(key)) == undisturbed(e)
    assert engine.history(key, after=35) == engine.history(key)[35:]
    assert view.run.result["error"] == engine.history(key)[-1].smooth_error
    assert 0 <= view.run.result["test_error"] <= 1


def test_thirty_ask_and_one_trains(engine: Engine) -> None:
    e = experiment(1, steps=60)
    keys = {engine.ask(e) for _ in range(30)}
    assert keys == {key_of(e)}
    (key,) = keys
    until(lambda: finished(engine, key))
    assert engine.ask(e) == key
    view = engine.view(key)
    assert view
    assert view.run.status == "done"  # at once, from the store
    assert [r.step for r in engine.history(key)] == list(range(1, 61))


def test_a_second_app_on_the_same_scheduler_watches_the_same_run(engine: Engine, tmp_path: Path) -> None:
    e = experiment(2, steps=800)
    key = engine.ask(e)
    until(lambda: len(engine.history(key)) > 5)
    other = Engine(Store(tmp_path / "other.sqlite"), address=engine.keeper.connection.address)
    try:
        assert other.ask(e) == key
        until(lambda: finished(other, key) and finished(engine, key))
        assert numbers(other.history(key)) == numbers(engine.history(key)) == undisturbed(e)
        rates = [[record.rate for record in watcher.history(key)] for watcher in (engine, other)]
        assert rates[0] == rates[1]  # even the clock agrees: it was one training
    finally:
        other.close()


def test_a_paused_run_holds_no_worker_and_goes_on_where_it_was(engine: Engine) -> None:
    e = experiment(30, steps=1500)
    key = engine.ask(e)  # there is one worker
    until(lambda: len(engine.history(key)) > 3)
    engine.pause(key)
    view = engine.view(key)
    assert view
    assert (view.run.status, view.asked) in [("running", "pause"), ("paused", "")], "said at once"
    until(lambda: status(engine, key) == "paused")
    between = engine.ask(experiment(32))
    until(lambda: status(engine, between) == "done")
    engine.resume(key)
    until(lambda: finished(engine, key))
    view = engine.view(key)
    assert view
    assert view.run.status == "done"
    assert "resumed" not in view.run.result, "nobody interrupted it"
    assert numbers(engine.history(key)) == undisturbed(e)


def test_a_stopped_run_stays_stopped_until_somebody_presses(engine: Engine) -> None:
    e = experiment(33, steps=1500)
    key = engine.ask(e, owner="ann")
    until(lambda: len(engine.history(key)) > 3)
    engine.cancel(key, "ann")
    until(lambda: finished(engine, key))
    other = engine.ask(experiment(34), owner="bob")
    until(lambda: status(engine, other) == "done")
    for _ in range(20):  # a page that looks
        view = engine.view(key, "ann")
    assert view
    assert (view.run.status, view.run.reason) == ("stopped", "asked")
    assert view.step == len(engine.history(key)) < e.steps


def test_only_who_started_a_run_stops_it(engine: Engine) -> None:
    key = engine.ask(experiment(35, steps=1500), owner="ann")
    engine.ask(experiment(35, steps=1500), owner="bob")
    mine, theirs = engine.view(key, "ann"), engine.view(key, "bob")
    assert mine
    assert theirs
    assert (mine.may_stop, theirs.may_stop) == (True, False)
    for press in (engine.cancel, engine.pause):
        with pytest.raises(ValueError, match="somebody else"):
            press(key, "bob")
    with pytest.raises(ValueError, match="somebody else"):
        engine.cancel(key, "bob", {"carol"}.__contains__)
    as_teacher = engine.view(key, "bob", {"ann"}.__contains__)
    assert as_teacher
    assert as_teacher.may_stop
    engine.cancel(key, "bob", {"ann"}.__contains__)
    until(lambda: finished(engine, key))
    engine.resume(key, "bob")  # it is theirs now
    with pytest.raises(ValueError, match="somebody else"):
        engine.cancel(key, "ann")
    engine.cancel(key, "bob")
    until(lambda: finished(engine, key))


def test_asking_how_a_run_stands_starts_nothing(engine: Engine) -> None:
    e = experiment(36)
    assert engine.view(key_of(e)) is None
    assert engine.history(key_of(e)) == []
    assert engine.store.run(key_of(e)) is None


def test_nothing_is_left_on_the_scheduler(engine: Engine) -> None:
    keys = [engine.ask(experiment(seed, steps=900)) for seed in (37, 38, 39)]
    until(lambda: len(engine.history(keys[0])) > 3)
    engine.cancel(keys[0])
    until(lambda: engine.store.checkpoint(keys[1]))  # one that was on the scheduler
    engine.cancel(keys[1])
    until(lambda: all(finished(engine, key) for key in keys))
    until(lambda: on_the_scheduler(engine) == [])
    assert {status(engine, key) for key in keys} == {"stopped", "done"}


def test_a_stopped_run_goes_on_where_it_was(engine: Engine) -> None:
    e = experiment(4, steps=1000)
    key = engine.ask(e)
    until(lambda: len(engine.history(key)) > 20)
    engine.cancel(key)
    until(lambda: finished(engine, key))
    until(lambda: engine.store.checkpoint(key))
    engine.resume(key)
    until(lambda: status(engine, key) == "done")
    assert numbers(engine.history(key)) == undisturbed(e)


@pytest.mark.endurance
def test_a_killed_worker_loses_nothing(engine: Engine) -> None:
    e = experiment(5, steps=1000)
    key = engine.ask(e)
    until(lambda: len(engine.history(key)) > 30)
    for process in engine.keeper.connection.processes[1:]:
        os.kill(process.pid, signal.SIGKILL)
    until(lambda: finished(engine, key))
    view = engine.view(key)
    assert view
    assert view.run.status == "done"
    assert 0 <= view.run.result.get("resumed", 0) < e.steps, "the page says from where it went on"
    assert numbers(engine.history(key)) == undisturbed(e)


@pytest.mark.endurance
def test_a_killed_scheduler_loses_nothing(engine: Engine) -> None:
    e = experiment(6, steps=1000)
    key = engine.ask(e)
    until(lambda: len(engine.history(key)) > 30)
    os.kill(engine.keeper.connection.processes[0].pid, signal.SIGKILL)
    until(lambda: finished(engine, key))
    assert status(engine, key) == "done"
    assert numbers(engine.history(key)) == undisturbed(e)


def test_divergence_is_an_end_with_a_reason(engine: Engine) -> None:
    from dataclasses import replace

    e = experiment(n=5, steps=60)
    wild = replace(e, spec=replace(e.spec, norm="none"), lr=50.0)
    key = engine.ask(wild)
    until(lambda: finished(engine, key))
    view = engine.view(key)
    assert view
    assert (view.run.status, view.run.reason) == ("stopped", "diverged")


def test_limits_are_quoted(engine: Engine) -> None:
    with pytest.raises(ValueError, match="2,001 steps"):
        engine.ask(experiment(steps=2001))
    with pytest.raises(ValueError, match="depth 122"):
        engine.ask(experiment(n=20))


@pytest.mark.endurance
def test_a_run_that_nobody_watches_stops(tmp_path: Path) -> None:
    engine = Engine(Store(tmp_path / "s.sqlite"), workers=1, lease=3.0)
    try:
        e = experiment(7, steps=2000, n=3)
        key = engine.ask(e)
        until(lambda: engine.view(key) and engine.history(key))
        until(lambda: not engine.store.unfinished())
        run = engine.store.run(key)
        assert run
        assert (run.status, run.reason) == ("stopped", "left")
        assert engine.store.steps(key)
    finally:
        engine.close()


@pytest.mark.endurance
def test_a_restarted_app_takes_its_runs_up_again(tmp_path: Path) -> None:
    e = experiment(8, steps=1500)
    first = Engine(Store(tmp_path / "s.sqlite"), workers=1)
    key = first.ask(e)
    until(lambda: first.store.checkpoint(key) is not None)
    first.close()
    stood = len(first.store.steps(key))
    second = Engine(Store(tmp_path / "s.sqlite"), workers=1)
    try:
        second.ask(e)
        until(lambda: finished(second, key))
        view = second.view(key)
        assert view
        assert 0 < view.run.result["resumed"] <= stood
        assert numbers(second.history(key)) == undisturbed(e)
    finally:
        second.close()


@pytest.mark.endurance
def test_processes_end_with_their_parent() -> None:
    process = cluster.start("scheduler")
    worker = cluster.start("worker", cluster.address_of(process))
    cluster.address_of(worker)
    for each in (process, worker):
        assert each.stdin
        each.stdin.close()
        assert each.wait(30) == 0


class Notebook:
    """A link without a cluster."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.kept: tuple[int, bytes] | None = None

    def tell(self, message: dict[str, Any]) -> None:
        self.told.append(message)

    def save(self, key: str, step: int, blob: bytes) -> None:
        self.kept = (step, blob)

    def saved(self, key: str) -> tuple[int, bytes] | None:
        return self.kept

    def wanted(self, key: str) -> Wishes:
        return Wishes(float("inf"), "stop" if len(self.told) > 3 else "")

    def forget(self, key: str) -> None:
        self.kept = None


def test_the_task_needs_no_cluster() -> None:
    link, e = Notebook(), experiment(9, steps=2000)
    first = train_with(link, "k", str(e))
    assert first["reason"] == "asked"
    assert first["checkpoint"][0] == first["step"]
    told = [StepRecord.from_json(record) for m in link.told if m["kind"] == "steps" for record in m["records"]]
    assert [record.step for record in told] == list(range(1, first["step"] + 1))
    assert [record.to_json() for record in told] == first["records"]


def test_a_checkpoint_that_cannot_be_read_is_passed_over() -> None:
    e = experiment(9, steps=2000)
    step, blob = train_with(Notebook(), "k", str(e))["checkpoint"]
    for earlier, begins in (((step, blob), step + 1), (None, 1)):
        link = Notebook()
        link.kept = (step + 1, blob[: len(blob) // 2])
        train_with(link, "k", str(e), earlier)
        told = [StepRecord.from_json(record) for m in link.told if m["kind"] == "steps" for record in m["records"]]
        assert told[0].step == begins
