"""How long runs will take on this machine, judged by how fast the last ones went."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from resnet_viz.nets.plan import plan
from resnet_viz.training.data.sources import source
from resnet_viz.training.experiment import Experiment


class _Work(NamedTuple):
    steps: int
    macs_a_picture: int
    macs: int
    """Of all forward passes of the run; its time is nearly proportional to that."""


@lru_cache(maxsize=512)
def _work(experiment: str) -> _Work:
    e = Experiment.parse(experiment)
    macs = plan(e.spec, source(e.data).size).macs
    return _Work(e.steps, macs, macs * e.batch * e.steps)


class Clock:
    """Remembers the speed of one worker, in multiply-adds of the forward pass a second."""

    def __init__(self) -> None:
        self.speed: float | None = None

    def heard(self, experiment: str, rate: float) -> None:
        """A run trains at `rate` pictures a second."""
        speed = rate * _work(experiment).macs_a_picture
        self.speed = speed if self.speed is None else 0.9 * self.speed + 0.1 * speed

    def seconds(self, experiment: str, done: int = 0) -> float | None:
        """Seconds that a worker needs for what is left of a run after `done` steps; None before anything has been heard."""
        work = _work(experiment)
        return None if not self.speed else work.macs * (1 - done / work.steps) / self.speed
