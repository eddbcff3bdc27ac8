"""Side by side with what people use today. `python -m benchmarks` prints every ratio, measured in one run, and asserts nothing.

A module of this package that has `rows()` is a benchmark.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from statistics import median
from typing import NamedTuple


class Row(NamedTuple):
    """One comparison."""

    what: str
    ours: float
    """Seconds."""
    other: str
    theirs: float
    """Seconds."""
    ratio: float
    reach: str
    """What the ratio should be; empty where nothing was promised."""


class Amount(NamedTuple):
    """One figure with nothing beside it."""

    what: str
    given: str
    reach: str


def interleaved(functions: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Median seconds of each function, run in turns so that a busy moment hits all of them; one round more to warm up."""
    taken: dict[str, list[float]] = {name: [] for name in functions}
    for n in range(rounds + 1):
        for name, function in functions.items():
            start = time.perf_counter()
            function()
            if n:
                taken[name].append(time.perf_counter() - start)
    return {name: median(seconds) for name, seconds in taken.items()}


def p95(values: Iterable[float]) -> float:
    """The least value that 95 % of all do not exceed."""
    ordered = sorted(values)
    return ordered[int(0.95 * (len(ordered) - 1))]
