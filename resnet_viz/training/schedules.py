"""Learning rates of a step, the first being 0, as plain arithmetic."""

from __future__ import annotations

import math
from collections.abc import Sequence


def cosine(start: float, end: float, angle: float) -> float:
    """Half a cosine from `start` to `end`; `angle` is how far along, 0 to π.

    >>> cosine(1.0, 0.0, math.pi / 2)
    0.5
    """
    return end + (start - end) / 2 * (1 + math.cos(angle))


def one_cycle(top: float, step: int, total: int) -> float:
    """Up to `top` for a fifth of the way, then down to almost nothing.

    Smith & Topin's (arXiv 1708.07120) with cosines, as torch's `OneCycleLR(top, pct_start=0.2)` has it.
    """
    low, highest, last = top / 25, 0.2 * total - 1, total - 1
    if 0 < step <= highest:
        return cosine(low, top, math.pi * (step / highest))
    if step == 0 <= highest:
        return low
    return cosine(top, low / 1e4, math.pi * ((step - highest) / (last - highest)))


def falling(first: float, step: int, falls: Sequence[int]) -> float:
    """Divided by 10 at each of these steps.

    >>> [falling(0.1, step, (32_000, 48_000)) for step in (31_999, 32_000, 48_000)]
    [0.1, 0.01, 0.001]
    """
    return float(first / 10 ** sum(step >= fall for fall in falls))
