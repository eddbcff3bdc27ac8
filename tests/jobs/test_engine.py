"""The engine on real processes: one run for everybody, and nothing is lost when something dies."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from resnet_viz import ResNetSpec
from resnet_viz.jobs import cluster
from resnet_viz.jobs.engine import Busy, Engine, key_of
from resnet_viz.jobs.store import FINISHED, Store
from resnet_viz.jobs.task import as_record, train_with
from resnet_viz.training.experiment import Experiment
from resnet_viz.training.trainer import run

pytestmark = pytest.mark.filterwarnings("ignore")  # Dask's own, from threads of its own


def experiment(seed: int = 0, *, steps: int = 40, n: int = 1) -> Experiment:
    spec = ResNetSpec(stages=(n, n, n), width=8, stem="cifar/2", shortcut="A", classes=10)
    return Experiment(spec, steps=steps, batch=16, seed=seed)


def until(condition: Callable[[], object], seconds: float = 90) -> None:
    """Wait for a condition."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


def finished(engine: Engine, key: str) -> bool:
    view = engine.view(key)
    return view is not None and view.run.status in FINISHED


def numbers(history: list[Any]) -> list[Any]:
    """A history without the speed, which is the only thing that may differ."""
    return [record[:5] + record[6:] for record in history]


def undisturbed(e: Experiment) -> list[Any]:
    return [as_record(step)[:5] + as_record(step)[6:] for step in run(e)]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    made = Engine(Store(tmp_path_factory.mktemp("lab") / "lab.sqlite"), workers=2)
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
    assert view.run.result["error"] == engine.history(key)[-1][4]
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
    assert [r[0] for r in engine.history(key)] == list(range(1, 61))


def test_a_second_app_on_the_same_scheduler_watches_the_same_run(engine: Engine, tmp_path: Path) -> None:
    e = experiment(2, steps=400)
    key = engine.ask(e)
    until(lambda: len(engine.history(key)) > 5)
    other = Engine(Store(tmp_path / "other.sqlite"), address=engine.address)
    try:
        assert other.ask(e) == key
        until(lambda: finished(other, key) and finished(engine, key))
        assert numbers(other.history(key)) == numbers(engine.history(key)) == undisturbed(e)
        rates = [[record[5] for record in watcher.history(key)] for watcher in (engine, other)]
        assert rates[0] == rates[1]  # even the clock agrees: it was one training
    finally:
        other.close()


def test_pause_and_resume(engine: Engine) -> None:
    e = experiment(3, steps=900)
    key = engine.ask(e)
    until(lambda: len(engine.history(key)) > 3)
    engine.pause(key)
    until(lambda: _status(engine, key) == "paused")
    stood = len(engine.history(key))
    engine.resume(key)
    until(lambda: len(engine.history(key)) > stood)
    engine.cancel(key)
    until(lambda: finished(engine, key))
    view = engine.view(key)
    assert view
    assert (view.run.status, view.run.reason) == ("stopped", "asked")
    assert engine.history(key)


def _status(engine: Engine, key: str) -> str:
    view = engine.view(key)
    return view.run.status if view else ""


def test_a_stopped_run_goes_on_where_it_was(engine: Engine) -> None:
    e = experiment(4, steps=500)
    key = engine.ask(e)
    until(lambda: len(engine.history(key)) > 20)
    engine.cancel(key)
    until(lambda: finished(engine, key))
    until(lambda: engine.store.checkpoint(key))
    engine.resume(key)
    until(lambda: _status(engine, key) == "done")
    assert numbers(engine.history(key)) == undisturbed(e)


def test_a_killed_worker_loses_nothing(engine: Engine) -> None:
    e = experiment(5, steps=700)
    key = engine.ask(e)
    until(lambda: len(engine.history(key)) > 30)
    for process in engine._processes[1:]:
        os.kill(process.pid, signal.SIGKILL)
    until(lambda: finished(engine, key), 120)
    view = engine.view(key)
    assert view
    assert view.run.status == "done"
    assert 0 <= view.run.result.get("resumed", 0) < e.steps, "the page says from where it went on"
    assert numbers(engine.history(key)) == undisturbed(e)


def test_a_killed_scheduler_loses_nothing(engine: Engine) -> None:
    e = experiment(6, steps=700)
    key = engine.ask(e)
    until(lambda: len(engine.history(key)) > 30)
    os.kill(engine._processes[0].pid, signal.SIGKILL)
    until(lambda: finished(engine, key), 120)
    assert _status(engine, key) == "done"
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


def test_only_so_many_wait(tmp_path: Path) -> None:
    engine = Engine(Store(tmp_path / "s.sqlite"), address="tcp://127.0.0.1:9")  # nobody is there
    try:
        for seed in range(engine.limits.waiting):
            engine.ask(experiment(seed))
        with pytest.raises(Busy, match="24"):
            engine.ask(experiment(999))
        engine.ask(experiment(0))  # what is there already may always be watched
        until(lambda: engine.problem)
        last = engine.view(key_of(experiment(23)))
        assert last
        assert last.ahead == 23
    finally:
        engine.close()


def test_runs_of_a_sweep_wait_behind_all_others(tmp_path: Path) -> None:
    engine = Engine(Store(tmp_path / "s.sqlite"), address="tcp://127.0.0.1:9")  # nobody is there
    try:
        for seed in range(engine.limits.swept):
            engine.ask(experiment(seed), rank=1)
        with pytest.raises(Busy, match="60"):
            engine.ask(experiment(999), rank=1)
        alone = engine.view(engine.ask(experiment(999)))
        assert alone
        assert (alone.ahead, alone.wait) == (0, None)
        asked_again = engine.view(engine.ask(experiment(50)))  # one of the sweep's, now wanted by somebody
        last = engine.view(key_of(experiment(59)))
        assert asked_again
        assert last
        assert asked_again.ahead == 0  # it was asked for before the other one
        assert last.ahead == engine.limits.swept
        engine.clock.heard(str(experiment(0)), rate=100.0)
        timed = engine.view(key_of(experiment(59)))
        assert timed
        assert timed.wait == pytest.approx(60 * 40 * 16 / 100 / engine.count)
        assert [run.key for run in engine.store.recent(5)] == [key_of(experiment(999)), key_of(experiment(50))]
    finally:
        engine.close()


def test_a_run_that_nobody_watches_stops(tmp_path: Path) -> None:
    engine = Engine(Store(tmp_path / "s.sqlite"), workers=1, lease=3.0)
    try:
        e = experiment(7, steps=2000, n=3)
        key = engine.ask(e)
        until(lambda: engine.view(key) and engine.history(key))
        until(lambda: not engine.store.unfinished(), 60)
        run = engine.store.run(key)
        assert run
        assert (run.status, run.reason) == ("stopped", "left")
        assert engine.store.steps(key)
    finally:
        engine.close()


def test_a_restarted_app_takes_its_runs_up_again(tmp_path: Path) -> None:
    e = experiment(8, steps=2000, n=3)
    first = Engine(Store(tmp_path / "s.sqlite"), workers=1)
    key = first.ask(e)
    until(lambda: first.store.checkpoint(key) is not None)
    first.close()
    stood = len(first.store.steps(key))
    second = Engine(Store(tmp_path / "s.sqlite"), workers=1)
    try:
        second.ask(e)
        until(lambda: finished(second, key), 120)
        view = second.view(key)
        assert view
        assert 0 < view.run.result["resumed"] <= stood
        assert numbers(second.history(key)) == undisturbed(e)
    finally:
        second.close()


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

    def wanted(self, key: str) -> dict[str, Any]:
        return {"command": "stop"} if len(self.told) > 3 else {}


def test_the_task_needs_no_cluster() -> None:
    link, e = Notebook(), experiment(9, steps=2000)
    first = train_with(link, "k", str(e))
    assert (first["status"], first["reason"]) == ("stopped", "asked")
    assert link.kept
    told = [record for m in link.told if m["kind"] == "steps" for record in m["records"]]
    assert [step for step, _ in told] == list(range(1, first["step"] + 1))
