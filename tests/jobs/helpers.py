"""What tests of the engine share: small runs, what they come to undisturbed, eager workers, and waiting for conditions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import pytest

from resnet_viz import ResNetSpec
from resnet_viz.jobs import cluster
from resnet_viz.jobs.changes import FINISHED
from resnet_viz.jobs.engine import Engine
from resnet_viz.training.experiment import Experiment
from resnet_viz.training.records import StepRecord
from resnet_viz.training.trainer import run
from tests.jobs.eager_cluster import EagerProcess


def experiment(number: int = 0, *, steps: int = 40, n: int = 0) -> Experiment:
    """One of many runs, which differ in their learning rates: a process makes the pictures of all once. A step takes 2 ms, or
    with three stages of `n` blocks, for a run that must not end by itself, 5 ms and more."""
    spec = ResNetSpec(stages=(n, n, n) if n else (1,), width=8 if n else 4, stem="cifar/2", shortcut="A", classes=10)
    return Experiment(spec, steps=steps, batch=16 if n else 4, lr=round(0.02 + number / 10_000, 4))


@contextmanager
def eager_workers() -> Iterator[None]:
    """Clusters that are started meanwhile have eager workers."""
    with pytest.MonkeyPatch.context() as during:
        during.setattr(cluster, "Process", EagerProcess)
        yield


def finished(engine: Engine, key: str) -> bool:
    view = engine.view(key)
    return view is not None and view.run.status in FINISHED


def numbers(history: Sequence[StepRecord]) -> list[StepRecord]:
    """A history without the speed, which is the only thing that may differ."""
    return [record._replace(rate=0.0) for record in history]


@lru_cache
def undisturbed(e: Experiment) -> list[StepRecord]:
    """What a run comes to that nothing disturbs, trained in this process."""
    return numbers(list(run(e)))


def status(engine: Engine, key: str) -> str:
    """How a run stands, in a word."""
    view = engine.view(key)
    return view.run.status if view else ""


def on_the_scheduler(engine: Engine) -> list[str]:
    """Variables and tasks of runs that the scheduler still has."""

    def names(dask_scheduler: Any) -> list[str]:
        tasks = [key for key in dask_scheduler.tasks if str(key).startswith("train-")]
        return [*dask_scheduler.extensions["variables"].variables, *tasks]

    found: list[str] = engine.keeper.connection.client.run_on_scheduler(names)
    return found
