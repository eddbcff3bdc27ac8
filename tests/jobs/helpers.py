"""What tests of the engine share: small runs, what they come to undisturbed, and waiting for conditions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from resnet_viz import ResNetSpec
from resnet_viz.jobs.changes import FINISHED
from resnet_viz.jobs.engine import Engine
from resnet_viz.training.experiment import Experiment
from resnet_viz.training.records import StepRecord
from resnet_viz.training.trainer import run


def experiment(seed: int = 0, *, steps: int = 40, n: int = 1) -> Experiment:
    spec = ResNetSpec(stages=(n, n, n), width=8, stem="cifar/2", shortcut="A", classes=10)
    return Experiment(spec, steps=steps, batch=16, seed=seed)


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
