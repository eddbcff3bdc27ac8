"""What a network costs, part by part, as squares: a square's area is the cost. Plans in, SVG out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import sqrt
from typing import NamedTuple

from resnet_viz.draw.palette import VERMILION
from resnet_viz.draw.svg import drawing, element, stylesheet, words_at
from resnet_viz.nets.plan import Part, Plan, Stage
from resnet_viz.text import Lesson

_COLUMN, _BETWEEN, _GAP = 300.0, 34.0, 5.0
_NARROWEST = 38.0
"""Room for the number under a square, however small the square is."""
_LARGEST = 110.0
_TITLE, _NAME, _NUMBERS = 34.0, 26.0, 48.0
"""Heights: of a quantity's title, of a network's name, of the two lines below the squares."""
_LOOK = stylesheet("stage_areas.css")


class Quantity(NamedTuple):
    """One of the three costs."""

    key: str
    value: Callable[[Part | Stage], float]
    units: Mapping[str, float]
    """What the numbers are counted in, by language, as its text says."""


QUANTITIES = (
    Quantity("params", lambda part: part.params, {"en": 1e6, "zh": 1e4}),
    Quantity("macs", lambda part: part.macs, {"en": 1e9, "zh": 1e8}),
    Quantity("memory", lambda part: part.activation_bytes, {"en": 2**20, "zh": 2**20}),
)
"""Parameters, multiply-adds, and the bytes of activations that training keeps."""


def stage_areas(plans: Sequence[Plan], names: Sequence[str], words: Lesson, alt: str, *, upright: bool = False) -> str:
    """Parameters, multiply-adds and activation memory of one network, or of two below each other and to the same scale.

    A network with shortcuts is blue, a plain one vermilion with a dashed edge; the second is paler. Beside each other the three
    quantities have a network's squares on one line; on phones (`upright`) they stand below each other. `words` has the labels
    `chart_params`, `chart_macs`, `chart_memory`, `chart_stem` and `chart_head`.
    """
    parts, x, y, bottom = [], 0.0, 0.0, 0.0
    own = [_tallest(quantity, plans) for quantity in QUANTITIES]
    level = [max(sides) for sides in zip(*own, strict=True)]
    for quantity, tallest in zip(QUANTITIES, own, strict=True):
        drawn, height = _quantity(quantity, plans, names, words, x, y, tallest if upright else level)
        parts.append(drawn)
        bottom = max(bottom, y + height)
        x, y = (x, bottom + 12) if upright else (x + _COLUMN + _BETWEEN, y)
    width = _COLUMN if upright else 3 * _COLUMN + 2 * _BETWEEN
    drawn = element("g", *parts, class_="stage-areas")
    style = f"min-width:0;max-width:{1.25 * width:.0f}px"
    return drawing(drawn, size=(round(width), round(bottom)), alt=alt, look=_LOOK, style=style)


def _values(quantity: Quantity, plans: Sequence[Plan]) -> tuple[list[list[float]], float]:
    """One cost of all parts of all networks, and its scale."""
    values = [[quantity.value(part) for part in p.parts] for p in plans]
    return values, min(map(_fitting_scale, values))


def _tallest(quantity: Quantity, plans: Sequence[Plan]) -> list[float]:
    """The side of each network's largest square."""
    values, scale = _values(quantity, plans)
    return [scale * sqrt(max(costs)) for costs in values]


def _quantity(
    quantity: Quantity, plans: Sequence[Plan], names: Sequence[str], words: Lesson, x: float, y: float, room: Sequence[float]
) -> tuple[str, float]:
    """One cost of all networks, each with so much room above the line of its squares; and the height that it takes."""
    values, scale = _values(quantity, plans)
    parts = [words_at(x, y + 18, words.labels[f"chart_{quantity.key}"], "big")]
    top = y + _TITLE
    for i, (p, name, costs, above) in enumerate(zip(plans, names, values, room, strict=True)):
        parts.append(words_at(x, top + 14, name))
        base = top + _NAME + above
        colour = VERMILION if p.spec.skips == "none" else "var(--blue)"
        look = f"area {'plain' if p.spec.skips == 'none' else 'residual'}{' second' if i else ''}"
        at = x
        for part, cost in zip(p.parts, costs, strict=True):
            side, cell = scale * sqrt(cost), max(scale * sqrt(cost), _NARROWEST)
            left = at + (cell - side) / 2
            square = {"x": f"{left:.2f}", "y": f"{base - side:.2f}", "width": f"{side:.2f}", "height": f"{side:.2f}"}
            parts.append(element("rect", **square, class_=look, style=f"--own:{colour}"))
            parts.append(words_at(at + cell / 2, base + 18, _short(cost / quantity.units[words.language]), "mid"))
            label = words.labels[f"chart_{part.name}"] if isinstance(part, Part) else part.name[-1]
            parts.append(words_at(at + cell / 2, base + 36, label, "mid quiet"))
            at += cell + _GAP
        top = base + _NUMBERS
    return "".join(parts), top - y


def _fitting_scale(costs: Sequence[float]) -> float:
    """Pixels of a square of cost 1: the largest scale at which all squares of a network stand side by side in one column."""
    sides = [sqrt(cost) for cost in costs]
    low, high = 0.0, _LARGEST / (max(sides) or 1)
    for _ in range(40):
        middle = (low + high) / 2
        fits = sum(max(side * middle, _NARROWEST) + _GAP for side in sides) - _GAP <= _COLUMN
        low, high = (middle, high) if fits else (low, middle)
    return low


def _short(cost: float) -> str:
    """Two digits, or all those before the point; what would round to nothing is said to be less.

    >>> _short(8.393), _short(25.1), _short(0.0095), _short(0.0005), _short(0)
    ('8.4', '25', '0.01', '<0.01', '0')
    """
    if 0 < cost < 0.005:
        return "<0.01"
    return f"{cost:.0f}" if cost >= 10 or cost == 0 else f"{cost:.1f}" if cost >= 0.1 else f"{cost:.2f}"
