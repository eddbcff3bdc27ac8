"""A few lines on one pair of axes, as SVG that stays legible on a phone: numbers in, picture out."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from resnet_viz.draw.palette import SLATE, VERMILION
from resnet_viz.draw.svg import drawing, element, stylesheet, words_at

_WIDTH, _HEIGHT = 440, 257
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 8, 37, 46
_ROW = 24
DASHES = (None, "7 5", "2 5", "12 4 2 4")
_PALE = 0.7
COLOURS = {"residual": "var(--blue)", "plain": VERMILION, "slate": SLATE}
_SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_LOOK = stylesheet("lines.css")


class Line(NamedTuple):
    """One line, a value a place on the axis from 1 on, or from `first`."""

    name: str
    values: Sequence[float]
    kind: str
    """`residual`, `plain` or `slate`: its colour."""
    variant: int = 0
    """Tells it from others of its kind: plain ones are always dashed, residual ones solid, and all but the first are paler; slate
    ones have different dashes."""


def power(value: float) -> str:
    """A power of ten as it is read.

    >>> power(1e-6), power(1)
    ('10⁻⁶', '1')
    """
    exponent = round(math.log10(value))
    return f"10{str(exponent).translate(_SUPERSCRIPT)}" if exponent else "1"


def lines(
    shown: Sequence[Line],
    *,
    across: str,
    up: str,
    alt: str,
    write: Callable[[float], str],
    logarithmic: bool = False,
    first: int = 1,
    curves: bool = True,
) -> str:
    """The drawing. `across` and `up` name the axes, `write` the figures on the upright one. A logarithmic axis leaves out what is
    not positive. Without `curves` only the axes and the names are drawn.
    """
    values = [value for line in shown for value in line.values if not logarithmic or value > 0]
    scale = math.log10 if logarithmic else float
    ticks = _decades(min(values), max(values)) if logarithmic else _steps(max(values))
    low, high = scale(ticks[0]), scale(ticks[-1])
    count = max(len(line.values) for line in shown)

    def x(i: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * i / max(1, count - 1)

    def y(value: float) -> float:
        return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (high - scale(value)) / (high - low)

    parts = [words_at(4, 18, up)]
    for tick in ticks:
        parts.append(element("path", d=f"M{_LEFT} {y(tick):.1f}H{_WIDTH - _RIGHT}", stroke="currentColor", stroke_opacity=0.18))
        parts.append(words_at(_LEFT - 8, y(tick) + 5, write(tick), text_anchor="end"))
    for place in (0, count - 1):
        parts.append(words_at(x(place), _HEIGHT - 26, str(first + place), text_anchor="end" if place else "middle"))
    parts.append(words_at((_LEFT + _WIDTH) / 2, _HEIGHT - 26, across, "mid"))
    for i, line in enumerate(shown):
        points = [(x(j), y(v)) for j, v in enumerate(line.values) if not logarithmic or v > 0]
        dash = {"plain": 1, "residual": 0}.get(line.kind, line.variant)
        look = {
            "style": f"--line:{COLOURS[line.kind]}",
            "class_": "curve",
            "stroke_dasharray": DASHES[dash % len(DASHES)],
            "stroke_opacity": _PALE if line.variant and line.kind != "slate" else None,
        }
        if curves:
            parts.append(element("path", d="M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in points), **look))
        at = _HEIGHT + i * _ROW
        parts.append(element("path", d=f"M8 {at - 5}h40", **look) + words_at(58, at, line.name))
    size = _WIDTH, _HEIGHT + _ROW * len(shown) - 12
    plot = element("g", *parts, class_="line-plot")
    return drawing(plot, size=size, alt=alt, look=_LOOK, style="min-width:0;max-width:560px")


def _decades(low: float, high: float) -> list[float]:
    """Powers of ten around two values, at most seven of them."""
    start, end = math.floor(math.log10(low)), math.ceil(math.log10(high))
    step = max(1, math.ceil((end - start) / 6))
    first = math.floor(start / step) * step  # so that 1 is among them
    last = first + math.ceil(max(1, end - first) / step) * step
    return [10.0**exponent for exponent in range(first, last + 1, step)]


def _steps(high: float) -> list[float]:
    """0 and up to five round values up to one that is not below `high`."""
    rough = (high or 1) / 4
    size = 10 ** math.floor(math.log10(rough))
    step = next(size * factor for factor in (1, 2, 2.5, 5, 10) if size * factor >= rough)
    return [step * i for i in range(math.ceil((high or 1) / step) + 1)]
