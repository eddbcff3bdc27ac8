"""Apps that die and apps that share a home: runs go on by themselves, to the numbers of an undisturbed one."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from resnet_viz.jobs.changes import FINISHED
from resnet_viz.jobs.engine import Engine, key_of
from resnet_viz.jobs.store import Store
from resnet_viz.training.experiment import Experiment
from resnet_viz.training.records import StepRecord
from tests.jobs.helpers import eager_workers, experiment, finished, numbers, undisturbed
from tests.waiting import until

# Dask's own, from threads of its own
pytestmark = [pytest.mark.endurance, pytest.mark.filterwarnings("ignore")]


@pytest.fixture(scope="module", autouse=True)
def eager() -> Iterator[None]:
    with eager_workers():
        yield


@contextmanager
def app(path: Path, *runs: Experiment) -> Iterator[subprocess.Popen[bytes]]:
    """Another app on this store, which asks for runs and watches them."""
    process = subprocess.Popen([sys.executable, "-m", "tests.jobs.app", str(path), *map(str, runs)], stdout=subprocess.PIPE)
    try:
        assert process.stdout
        assert process.stdout.readline() == b"asked\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def running(engine: Engine) -> Any:
    """What runs the workers are at."""
    found = engine.keeper.connection.client.run_on_scheduler(lambda dask_scheduler: list(dask_scheduler.tasks))
    return [key for key in found if str(key).startswith("train-")]


def stored(store: Store, key: str) -> list[StepRecord]:
    return [StepRecord.from_json(record) for record in store.steps(key)]


@pytest.mark.parametrize("how", [signal.SIGKILL])  # what other signals do is in `test_shutdown`
def test_a_run_goes_on_when_the_app_is_started_again(tmp_path: Path, how: signal.Signals) -> None:
    e = experiment(8, steps=1500)
    key, store = key_of(e), Store(tmp_path / "s.sqlite")
    with app(store.path, e) as first:
        until(lambda: store.checkpoint(key))
        first.send_signal(how)
        first.wait(30)
    run = store.run(key)
    assert run
    assert run.status not in FINISHED
    stood = len(store.steps(key))
    assert stood < e.steps
    second = Engine(Store(store.path), workers=1)
    try:  # nobody asks, and no browser has come back yet
        until(lambda: (run := store.run(key)) and run.status in FINISHED)
        run = store.run(key)
        assert run
        assert (run.status, run.reason) == ("done", "")
        assert 0 < run.result["resumed"] <= stood
        assert numbers(stored(store, key)) == undisturbed(e)
    finally:
        second.close()


def test_a_run_that_nobody_had_watched_is_not_taken_up(tmp_path: Path) -> None:
    e = experiment(9)
    store = Store(tmp_path / "s.sqlite")
    store.ask(key_of(e), str(e))
    store.set_status(key_of(e), "running")
    second = Engine(store, workers=1)
    try:
        until(lambda: not store.unfinished())
        run = store.run(key_of(e))
        assert run
        assert (run.status, run.reason) == ("stopped", "left")
    finally:
        second.close()


@pytest.mark.timeout(600)  # two apps and four workers on whatever cores there are
def test_two_apps_share_a_home_and_the_second_takes_over(tmp_path: Path) -> None:
    theirs, shared = experiment(10, steps=600), experiment(11, steps=1800, n=1)
    store = Store(tmp_path / "s.sqlite")
    with app(store.path, theirs, shared) as first:
        until(lambda: store.steps(key_of(theirs)))
        second = Engine(Store(store.path), workers=1, lease=20.0)
        try:
            second.ask(shared, owner="second")
            until(lambda: (run := store.run(key_of(theirs))) and run.status in FINISHED)
            run = store.run(key_of(theirs))
            assert run
            assert (run.status, run.reason) == ("done", ""), "the second app does not stop what the first one's users watch"
            until(lambda: len(second.history(key_of(shared))) > 20 and second.view(key_of(shared)))
            assert second.keeper.connection.processes == [], "it uses the first one's workers"
            rates = [
                [record.rate for record in records] for records in (stored(store, key_of(shared)), second.history(key_of(shared)))
            ]
            assert all(a == b for a, b in zip(*rates, strict=False)), "it was one training"
            until(lambda: second.view(key_of(shared)) and store.checkpoint(key_of(shared)))
            first.kill()
            first.wait()
            until(lambda: finished(second, key_of(shared)))
            view = second.view(key_of(shared))
            assert view
            assert view.run.status == "done"
            assert second.keeper.connection.processes
            # last of all: this process trains both once more, and nothing above may wait for that
            assert numbers(stored(store, key_of(theirs))) == undisturbed(theirs)
            assert numbers(second.history(key_of(shared))) == undisturbed(shared)
        finally:
            second.close()


def test_a_press_in_one_app_reaches_the_worker_of_the_other(tmp_path: Path) -> None:
    e = experiment(12, steps=2000, n=3)
    store = Store(tmp_path / "s.sqlite")
    with app(store.path, e):
        second = Engine(Store(store.path), workers=1)
        try:
            until(lambda: len(second.history(key_of(e))) > 3)
            second.cancel(key_of(e), "app")
            until(lambda: (run := store.run(key_of(e))) and (run.status, run.reason) == ("stopped", "asked"))
            until(lambda: not running(second))
            assert len(stored(store, key_of(e))) < e.steps
        finally:
            second.close()
