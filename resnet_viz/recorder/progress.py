"""A line on the terminal that says how far a plan is and how long it still takes."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping
from typing import TextIO

WIDTH = 24


class Bar:
    """Runs weigh what their steps cost. On a terminal the line is rewritten; elsewhere there is a line for each percent."""

    def __init__(self, costs: Mapping[str, float], out: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        """`costs`: for each run its work in all, in any unit."""
        self._costs, self._out, self._clock = costs, out, clock
        self._shares = dict.fromkeys(costs, 0.0)
        self._began: tuple[float, float] | None = None
        self._said = ""

    def tell(self, name: str, done: int, total: int) -> None:
        """A run has come so far."""
        self._shares[name] = done / total
        share = sum(cost * self._shares[run] for run, cost in self._costs.items()) / sum(self._costs.values())
        if self._began is None:
            self._began = (self._clock(), share)
        at, first = self._began  # what an earlier call has trained took no time in this one
        left = (self._clock() - at) * (1 - share) / (share - first) if share > first else None
        under_way = [f"{run} {part:.0%}" for run, part in self._shares.items() if 0 < part < 1]
        text, percent = line(share, left, under_way), f"{share:.0%}"
        if self._out.isatty():
            fits = shutil.get_terminal_size().columns - 1  # a line that wraps could not be rewritten
            self._out.write(f"\r\033[K{text[:fits]}")
        elif percent != self._said:
            self._out.write(f"{text}\n")
        self._said = percent
        self._out.flush()

    def close(self) -> None:
        """Leave the line."""
        if self._said and self._out.isatty():
            self._out.write("\n")


def line(share: float, left: float | None, under_way: list[str]) -> str:
    """
    >>> line(0.5, 5400.0, ["cifar_resnet20 50%"])
    '████████████░░░░░░░░░░░░  50% 1 h 30 min left · cifar_resnet20 50%'
    """
    full = int(share * WIDTH)
    said = "" if left is None else f"{duration(left)} left"
    return " · ".join(part for part in (f"{'█' * full}{'░' * (WIDTH - full)} {share:4.0%} {said}".rstrip(), *under_way))


def duration(seconds: float) -> str:
    """
    >>> duration(42), duration(600), duration(90_000)
    ('42 s', '10 min', '25 h 0 min')
    """
    minutes = round(seconds / 60)
    if minutes < 2:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
