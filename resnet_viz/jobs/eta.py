"""How long runs will take on this machine, judged by how fast the last ones went."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from resnet_viz.training.cost import cost
from resnet_viz.training.experiment import Experiment


class _Work(NamedTuple):
    steps: int
    macs_a_picture: float
    macs: int
    """Multiply-adds of the whole run; its time is nearly proportional to them."""


@lru_cache(maxsize=512)
def _work(experiment: str) -> _Work:
    try:
        e = Experiment.parse(experiment)
    except ValueError:  # its pictures have gone since the app was started again: it will be refused when its turn comes
        return _Work(1, 0.0, 0)
    macs = cost(e).macs
    return _Work(e.steps, macs / (e.batch * e.steps), macs)


class Clock:
    """Remembers the speed of one worker, in multiply-adds a second."""

    def __init__(self) -> None:
        self.speed: float | None = None

    def heard(self, experiment: str, rate: float) -> None:
        """A run trains at `rate` pictures a second."""
        speed = rate * _work(experiment).macs_a_picture
        if speed > 0:
            self.speed = speed if self.speed is None else 0.9 * self.speed + 0.1 * speed

    def work(self, experiment: str, done: int = 0) -> float:
        """Multiply-adds that are left of a run after `done` steps."""
        work = _work(experiment)
        return work.macs * (1 - done / work.steps)

    def time(self, work: float) -> float | None:
        """Seconds that a worker needs for this number of multiply-adds; None before anything has been heard."""
        return None if not self.speed else work / self.speed

    def seconds(self, experiment: str, done: int = 0) -> float | None:
        """Seconds that a worker needs for what is left of a run after `done` steps; None before anything has been heard."""
        return self.time(self.work(experiment, done))

    def steps(self, experiment: str) -> int:
        """Steps of a run."""
        return _work(experiment).steps
