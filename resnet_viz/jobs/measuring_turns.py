"""Whose measurement is next: who has had least of the workers' time lately, by the seconds that their calls took.

Seconds are what multiply-adds, steps and pictures come to on this machine. What a call will take is what others of its function
took.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from resnet_viz.jobs.fair_queue import Served

UNKNOWN = 0.5
"""Seconds that a call counts as before one of its function has ended."""
NEW = 0.3
"""What the newest measurement counts in the mean."""
_MS = 1_000.0
"""What was had is counted in milliseconds: `Served` forgets who has had less than 1."""


class Timed(NamedTuple):
    """What a worker sends back of a call."""

    result: Any
    seconds: float


def timed(function: Callable[..., Any], *arguments: Any) -> Timed:
    """Make a call on a worker, and say how long it took."""
    start = time.perf_counter()
    result = function(*arguments)
    return Timed(result, time.perf_counter() - start)


class Asking(NamedTuple):
    """A session that has calls waiting."""

    owner: str
    rank: int
    """As in `fair_queue`: what a class's teacher asks for goes before the rest."""
    seconds: float
    """What all its waiting calls will take, about."""
    first: float
    """What its next one will."""


class Turns:
    """For one thread at a time."""

    def __init__(self) -> None:
        self._served, self._means = Served(), dict[str, float]()

    def expected(self, function: str) -> float:
        """Seconds that a call of a function will take."""
        return self._means.get(function, UNKNOWN)

    def begin(self, owner: str, function: str) -> float:
        """A call goes to the workers: the seconds that its owner is charged for the time being."""
        seconds = self.expected(function)
        self._served.add(owner, seconds * _MS)
        return seconds

    def end(self, owner: str, function: str, charged: float, took: float) -> None:
        """It has ended: its owner is charged what it took."""
        self._served.add(owner, (took - charged) * _MS)
        self._means[function] = took if function not in self._means else (1 - NEW) * self._means[function] + NEW * took

    def drop(self, owner: str, charged: float, since: float) -> None:
        """It has ended without a result: its owner is charged the seconds since it went, and no more than were charged."""
        self._served.add(owner, (min(since, charged) - charged) * _MS)

    def next(self, asking: Iterable[Asking]) -> str:
        """Whose call is next; of those who have had the same, who has asked first."""
        had = self._served.lately()
        return min(asking, key=lambda one: (one.rank, had.get(one.owner, 0.0))).owner

    def before(self, own: Asking, asking: Iterable[Asking]) -> float:
        """Seconds of the workers' time that go to others before `own` has its first call."""
        had = self._served.lately()
        return sum(_before(own, other, had) for other in asking if other.owner != own.owner)


def _before(own: Asking, other: Asking, had: Mapping[str, float]) -> float:
    if other.rank != own.rank:
        return other.seconds if other.rank < own.rank else 0.0
    ahead = (had.get(own.owner, 0.0) - had.get(other.owner, 0.0)) / _MS
    return min(other.seconds, ahead + other.first) if ahead >= 0 else 0.0
