"""Studies on real workers: each call runs once for everybody, results arrive, failures and stops are told."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from resnet_viz.jobs.engine import Engine
from resnet_viz.jobs.shared_calls import Call, Studies
from resnet_viz.jobs.store import Store
from resnet_viz.nets.weights import WeightsUnavailable
from tests.jobs.helpers import experiment, status
from tests.waiting import until


def double(folder: str, number: int) -> int:
    """Leaves a line a run, so that runs can be counted from here."""
    with (Path(folder) / f"{number}.txt").open("a", encoding="utf-8") as file:
        file.write("x")
    if number < 0:
        raise ValueError(f"no negative numbers, got {number}")
    return 2 * number


def hold(folder: str, number: int) -> int:
    """Does not end before a file is there."""
    (Path(folder) / f"started-{number}.txt").touch()
    until((Path(folder) / "go.txt").exists)
    return number


def occupied(number: int) -> tuple[int, float, float]:
    """The worker, and from when to when it was at this call; long enough for another to begin meanwhile."""
    start = time.monotonic()
    while time.monotonic() - start < 0.1:
        pass
    return os.getpid(), start, time.monotonic()


def damaged(file: str) -> None:
    raise WeightsUnavailable("broken", file=file)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    made = Engine(Store(tmp_path_factory.mktemp("studies") / "s.sqlite"), workers=2)
    made.prepare()
    yield made
    made.close()


def runs(folder: Path, number: int) -> int:
    return len((folder / f"{number}.txt").read_text(encoding="utf-8"))


def on_the_cluster(engine: Engine) -> set[str]:
    """The names of the tasks that the scheduler or a worker still has."""
    client = engine.keeper.connection.client
    known = set(client.run_on_scheduler(lambda dask_scheduler: list(dask_scheduler.tasks)))
    return known.union(*client.run(lambda dask_worker: list(dask_worker.state.tasks)).values())


def test_results_come_in_the_order_of_the_calls_and_once_for_all(engine: Engine, tmp_path: Path) -> None:
    calls = [Call(double, str(tmp_path), n) for n in range(6)]
    again = [Call(double, str(tmp_path), n) for n in (5, 2)]
    assert calls[5].key == again[0].key != calls[4].key
    until(lambda: engine.studies.look(again).done and engine.studies.look(calls).done)
    assert engine.studies.look(calls)[:3] == ([0, 2, 4, 6, 8, 10], True, "")
    assert engine.studies.look(again).results == [10, 4]
    assert [runs(tmp_path, n) for n in range(6)] == [1] * 6


def test_a_failure_is_told_and_can_be_tried_again(engine: Engine, tmp_path: Path) -> None:
    calls = [Call(double, str(tmp_path), n) for n in (1, -1)]
    until(lambda: engine.studies.look(calls).done)
    assert engine.studies.look(calls)[:3] == ([2, None], True, "no negative numbers, got -1")
    assert not engine.studies.found(calls).done
    engine.studies.stop(calls)
    until(lambda: engine.studies.look(calls).done)
    assert runs(tmp_path, -1) == 2
    assert runs(tmp_path, 1) == 1, "what succeeded is kept"


def test_a_failure_that_nobody_looks_at_any_more_is_forgotten(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = [Call(double, str(tmp_path), -2)]
    until(lambda: engine.studies.look(calls).done)
    assert runs(tmp_path, -2) == 1
    with monkeypatch.context() as later:
        later.setattr(engine.studies, "_lease", -1.0)
        engine.studies.sweep()
    until(lambda: engine.studies.look(calls).done)
    assert runs(tmp_path, -2) == 2


def test_what_has_words_of_its_own_comes_with_them(engine: Engine) -> None:
    calls = [Call(damaged, "x.safetensors")]
    until(lambda: engine.studies.look(calls).done)
    problem, here = engine.studies.look(calls).problem, WeightsUnavailable("broken", file="x.safetensors")
    assert isinstance(problem, WeightsUnavailable)
    assert (problem.code, problem.values) == (here.code, here.values)
    assert problem.said("zh") == here.said("zh") != here.said("en")


def test_what_is_stopped_does_not_start(engine: Engine, tmp_path: Path) -> None:
    held = [Call(hold, str(tmp_path), n) for n in range(engine.count)]  # all workers are busy
    waiting = [Call(double, str(tmp_path), 7)]
    for call, at in zip(held, ("started-0.txt", "started-1.txt"), strict=True):  # Dask may give one worker what comes together
        engine.studies.look([call])
        until((tmp_path / at).exists)
    assert not engine.studies.look(waiting).done
    engine.studies.stop(waiting)
    until(lambda: waiting[0].key not in on_the_cluster(engine))
    (tmp_path / "go.txt").touch()
    until(lambda: engine.studies.look(held).done)
    after = [Call(double, str(tmp_path), 8)]
    until(lambda: engine.studies.look(after).done)
    assert not (tmp_path / "7.txt").exists()
    assert engine.studies.found(waiting).results == [None]


def test_a_killed_worker_costs_nothing_but_time(engine: Engine, tmp_path: Path) -> None:
    calls = [Call(hold, str(tmp_path), n) for n in range(10, 14)]
    engine.studies.look(calls)
    os.kill(engine.keeper.connection.processes[1].pid, signal.SIGKILL)
    (tmp_path / "go.txt").touch()
    until(lambda: engine.studies.look(calls).done)
    assert engine.studies.look(calls).results == [10, 11, 12, 13]


def test_no_training_keeps_a_measurement_waiting(engine: Engine, tmp_path: Path) -> None:
    keys = [engine.ask(experiment(seed, steps=engine.limits.steps, n=3)) for seed in range(engine.count)]
    until(lambda: all(engine.history(key) for key in keys))
    trained = engine.keeper.connection.client.processing().values()
    assert [sum(name.startswith("train-") for name in names) for names in trained] == [1] * engine.count
    calls = [Call(double, str(tmp_path), n) for n in range(30, 34)]
    until(lambda: engine.studies.look(calls).done)
    assert {status(engine, key) for key in keys} == {"running"}, "none has ended or was interrupted"
    for key in keys:
        engine.cancel(key)


def test_a_worker_makes_one_measurement_at_a_time(engine: Engine) -> None:
    calls = [Call(occupied, n) for n in range(4 * engine.count)]
    until(lambda: engine.studies.look(calls).done)
    at = sorted(engine.studies.look(calls).results)
    for (worker, _, end), (following, start, _) in pairwise(at):
        assert worker != following or end <= start


def test_what_nobody_looks_at_is_dropped(engine: Engine, tmp_path: Path) -> None:
    studies = Studies(lambda: engine.keeper.connection.client, lease=0.0)
    until(lambda: engine.keeper.connection.client is not None)
    calls = [Call(hold, str(tmp_path), n) for n in range(20, 22)]
    studies.look(calls)
    assert len(studies._futures) == 2
    studies.sweep()
    assert not studies._futures
    (tmp_path / "go.txt").touch()


def test_without_a_cluster_nothing_fails(tmp_path: Path) -> None:
    studies = Studies(lambda: None)
    assert studies.look([Call(double, str(tmp_path), 1)])[:3] == ([None], False, "")


def test_who_waits_is_told_when_a_call_ends_and_when_it_is_dropped(engine: Engine, tmp_path: Path) -> None:
    """What is told is how a look finds the calls; one call belongs to every name that holds it."""
    studies, told = engine.studies, []
    studies.tell = told.append
    both = [Call(double, str(tmp_path), 30), Call(hold, str(tmp_path), 31)]
    names = studies.name(both), studies.name(both[1:])
    assert studies.stand(names[0]) == "0.0.2", "nobody has asked yet"
    assert studies.look(both).stand == studies.stand(names[0]) == "0.0.0"
    until(lambda: told == [names[0]])
    assert studies.look(both).stand == studies.stand(names[0]) == "1.0.0"
    studies.stop(both)
    assert set(told) == {*names}
    assert studies.stand(names[1]) == "0.0.1", "somebody has to ask again"
    (tmp_path / "go.txt").touch()
    until(lambda: studies.look(both).done)
    assert studies.stand(names[0]) == "2.0.0"
    assert studies.name(both[::-1]) == names[0]
    assert studies.stand("no such name") == "0.0.0"


def test_who_goes_on_watching_keeps_what_is_under_way(engine: Engine, tmp_path: Path) -> None:
    studies = Studies(lambda: None, lease=3600.0)
    calls = [Call(double, str(tmp_path), n) for n in (40, 41)]
    watched = studies.name(calls[:1])
    studies.look(calls)
    for key in studies._seen:
        studies._seen[key] -= 7200
    studies.watch([watched])
    studies.sweep()
    assert studies.stand(watched) == "0.0.0"
    assert studies.stand(studies.name(calls)) == "0.0.1", "the other is dropped"
    studies.watch([studies.name(calls)])
    assert studies.stand(studies.name(calls)) == "0.0.1", "watching starts nothing"


def test_an_idle_cluster_looks_at_itself_four_times_a_second_at_most(engine: Engine) -> None:
    until(lambda: engine.keeper.connection.client)
    client = engine.keeper.connection.client
    client.wait_for_workers(2)
    of_workers = client.run(lambda dask_worker: [each.callback_time for each in dask_worker.periodic_callbacks.values()])
    of_scheduler = client.run_on_scheduler(
        lambda dask_scheduler: [each.callback_time for each in dask_scheduler.periodic_callbacks.values()]
    )
    pauses = sum(of_workers.values(), of_scheduler)
    assert min(pauses) >= 250, "milliseconds"
