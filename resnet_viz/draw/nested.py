"""Nested function classes: maps of the functions that a number of layers reach, what one layer can be, best fits, errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import zip_longest
from typing import NamedTuple

import numpy as np

from resnet_viz.draw.outline import outline
from resnet_viz.draw.svg import drawing, element, stylesheet, words_at
from resnet_viz.probes.nested import POINTS, Floats, FunctionClasses, Layer, NestedComparison, Values

WIDTH, HEIGHT = 400, 500
"""Size of one panel."""
PANELS = ("plain", "residual", "curves")
_LOOK = stylesheet("nested.css")
_TOP, _FLOOR = 36, 426  # of a map: its upper rim, and the line from the identity to the target
_LEFT, _RIGHT = 1.3, 0.5  # how far a map reaches beside the target, in edges
_RINGS = (0.05, 0.1, 0.2, 0.4)
_HIGH = 1.25  # the plot of the best fits shows values up to this, and down to its negative


class Nested(NamedTuple):
    """What is drawn: a comparison, the layers of its family (both without the skip and with it) and the depth in focus."""

    compared: NestedComparison
    own: Sequence[Layer]
    skipped: Sequence[Layer]
    depth: int


def nested(of: Nested, words: Mapping[str, str], only: str = "") -> str:
    """The SVG of all panels in a row, or of one of them.

    `words`: `map_plain`, `map_residual`, `reached`, `kept_all`, `kept_some`, `layers_one`, `layers_many`, `target`, `identity`,
    `panel_layers`, `panel_fits`, `panel_errors`, `legend_plain`, `legend_residual`, `alt_map`, `alt_curves`, `map_ring`.
    """
    shown = [panel for panel in PANELS if only in ("", panel)]
    drawn = [element("g", *_panel(panel, of, words), transform=f"translate({i * WIDTH} 0)") for i, panel in enumerate(shown)]
    return drawing(
        *drawn,
        size=(WIDTH * len(shown), HEIGHT),
        alt=" ".join(_in_words(panel, of, words) for panel in shown),
        title=f"{words['map_plain']} | {words['map_residual']}",
        look=_LOOK,
        class_="rv nested" if only else "rv nested file",
        style="min-width:0",
    )


def _panel(panel: str, of: Nested, words: Mapping[str, str]) -> list[str]:
    if panel == "curves":
        return [*_layers(of, words), *_fits(of, words), *_errors(of, words)]
    return [element("g", *_map(panel, of, words), class_=panel)]


def _side(panel: str, of: Nested) -> FunctionClasses:
    return of.compared.plain if panel == "plain" else of.compared.residual


def _count(depth: int, words: Mapping[str, str]) -> str:
    return words["layers_one" if depth == 1 else "layers_many"].format(depth=depth)


# The maps


def _map(panel: str, of: Nested, words: Mapping[str, str]) -> list[str]:
    """The classes up to the depth, the way of the best fits, the target and the identity."""
    side, depth, edge = _side(panel, of), of.depth, of.compared.edge
    scale = WIDTH / ((_LEFT + _RIGHT) * edge)

    def at(x: float, y: float) -> tuple[float, float]:
        return round((x + _LEFT * edge) * scale, 1), round(_FLOOR - y * scale, 1)

    classes = [
        element("path", d=_outline(places, edge, at), class_=f"reach {_rank(i, depth)}".strip())
        for i, places in enumerate(side.places[:depth], 1)
    ]
    star, start = at(0, 0), at(*of.compared.start)
    rim = f"nested-{panel}"
    return [
        words_at(8, 22, words[f"map_{panel}"], "big"),
        element("clipPath", element("rect", x=0, y=_TOP, width=WIDTH, height=_FLOOR - _TOP), id=rim),
        element("g", *classes, *_rings(star, scale, edge), clip_path=f"url(#{rim})"),
        *_ring_labels(star, scale, edge, words),
        element("path", d=f"M0 {_FLOOR}H{WIDTH}", class_="axis"),
        element("rect", x=round(start[0] - 6, 1), y=_FLOOR - 6, width=12, height=12, class_="start"),
        words_at(start[0], _FLOOR + 22, words["identity"], "mid") if start != star else "",
        _star(*star),
        *_way([at(*mark) for mark in side.marks[:depth]], depth),
        words_at(star[0], _FLOOR + 22, words["target" if start != star else "target_identity"], "mid"),
        *_legend(side, depth, words),
    ]


def _rank(i: int, depth: int) -> str:
    return "now" if i == depth else "before" if i == depth - 1 else ""


def _outline(places: Floats, edge: float, at: Callable[[float, float], tuple[float, float]]) -> str:
    """The outline of a class as far as it is seen, mirrored below the floor so that it ends there upright."""
    found = outline(np.concatenate([places, places * [1, -1]]) / edge)
    drawn = [[at(x * edge, y * edge) for x, y in loop] for loop in found]
    return "".join(_path(loop) + "Z" for loop in drawn if _is_seen(*zip(*loop, strict=True)))


def _is_seen(across: Sequence[float], down: Sequence[float]) -> bool:
    return min(across) < WIDTH and max(across) > 0 and min(down) < _FLOOR and max(down) > _TOP


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _ring_steps(edge: float) -> list[float]:
    step = next((step for step in _RINGS if edge / step < 5), _RINGS[-1])
    return [step * i for i in range(1, round(_LEFT * edge / step) + 1)]


def _rings(star: tuple[float, float], scale: float, edge: float) -> list[str]:
    return [element("circle", cx=star[0], cy=star[1], r=round(radius * scale, 1), class_="ring") for radius in _ring_steps(edge)]


def _ring_labels(star: tuple[float, float], scale: float, edge: float, words: Mapping[str, str]) -> list[str]:
    """The distance that each ring stands for, along a line up and to the right of the star."""
    labels = []
    for i, radius in enumerate(_ring_steps(edge)):
        x, y = star[0] + 0.34 * radius * scale, star[1] - 0.94 * radius * scale
        if y > _TOP + 12 and x < WIDTH - 20:
            label = words["map_ring"].format(distance=f"{radius:.2g}") if not i else f"{radius:.2g}"
            labels.append(words_at(x, y + 4, label, "quiet halo"))
    return labels


def _way(marks: Sequence[tuple[float, float]], depth: int) -> list[str]:
    """The best fits as numbers, one mark where several depths share a fit, joined by a line."""
    together: dict[tuple[float, float], list[int]] = {}
    for i, mark in enumerate(marks, 1):
        together.setdefault(mark, []).append(i)
    shown = sorted(together.items(), key=lambda item: depth in item[1])  # the depth in focus on top
    return [element("path", d=_path(marks), class_="walk"), *(_best(x, y, own, depth in own) for (x, y), own in shown)]


def _best(x: float, y: float, depths: Sequence[int], is_now: bool) -> str:
    label = ",".join(map(str, depths))
    width = 12 + 8 * len(label)
    y = min(y, _FLOOR - 20)  # above the star or the square where it is one of them
    return element(
        "g",
        element("rect", x=round(x - width / 2, 1), y=round(y - 10, 1), width=width, height=20, rx=10),
        words_at(x, y + 4.5, label, "mid"),
        class_="best now" if is_now else "best",
    )


def _star(x: float, y: float, radius: float = 13) -> str:
    angles = np.pi * (np.arange(10) / 5 - 0.5)
    radii = np.where(np.arange(10) % 2, 0.42 * radius, radius)
    points = " ".join(f"{x + r * np.cos(a):.1f},{y + r * np.sin(a):.1f}" for r, a in zip(radii, angles, strict=True))
    return element("polygon", points=points, class_="star")


def _legend(side: FunctionClasses, depth: int, words: Mapping[str, str]) -> list[str]:
    """Which outline is which class, and how much of the smaller one the larger one still reaches."""
    rows = [("now", words["reached"].format(layers=_count(depth, words), size=side.sizes[depth - 1]))]
    if depth > 1:
        key = "kept_all" if side.kept[depth - 1] == side.sizes[depth - 2] else "kept_some"
        kept = words[key].format(layers=_count(depth - 1, words), size=side.sizes[depth - 2], kept=side.kept[depth - 1])
        rows.append(("before", kept))
    drawn = []
    for i, (rank, label) in enumerate(rows):
        y = _FLOOR + 46 + 22 * i
        drawn += [element("path", d=f"M8 {y - 5}H40", class_=f"reach {rank}"), words_at(48, y, label)]
    return drawn


# The curves


def _layers(of: Nested, words: Mapping[str, str]) -> list[str]:
    """Each layer of the family, without the skip and with it, on its own small square."""
    drawn = [words_at(8, 22, words["panel_layers"], "big")]
    pitch = (WIDTH - 16) / len(of.own)
    side = round(pitch - 6)
    for i, layers in enumerate(zip_longest(of.own, of.skipped)):
        curves = [(layer(POINTS), f"{name} curve") for name, layer in zip(PANELS, layers, strict=False) if layer]
        drawn.append(_plot(8 + pitch * i, 34, side, side, 2.0, *curves))
    return drawn


def _plot(x: float, y: float, width: float, height: float, high: float, *curves: tuple[Values, str]) -> str:
    """Functions on [−1, 1] in a box; what lies beyond ±`high` is cut off."""
    paths = [
        element("path", d=_path(list(zip(across, (height * (1 - v / high) / 2).tolist(), strict=True))), class_=class_)
        for v, class_ in curves
        for across in [(width * (POINTS + 1) / 2).tolist()]
    ]
    inside = element("svg", *paths, x=round(x, 1), y=y, width=width, height=height)
    return element("rect", x=round(x, 1), y=y, width=width, height=height, rx=6, class_="under cell") + inside


def _fits(of: Nested, words: Mapping[str, str]) -> list[str]:
    """The target and the best fit of each side at the depth in focus."""
    goal = of.compared.goal.astype(np.float32)
    fits = [(_side(name, of).fits[of.depth - 1], f"{name} curve") for name in ("plain", "residual")]
    return [
        words_at(8, 122, words["panel_fits"].format(layers=_count(of.depth, words)), "big"),
        _plot(8, 134, WIDTH - 16, 140, _HIGH, (goal, "goal"), *fits),
        *_curve_legend(words),
    ]


def _curve_legend(words: Mapping[str, str]) -> list[str]:
    drawn = []
    for x, class_, word in (
        (8, "plain curve", "legend_plain"),
        (140, "residual curve", "legend_residual"),
        (290, "goal", "target"),
    ):
        drawn += [element("path", d=f"M{x} 289h28", class_=class_), words_at(x + 34, 294, words[word])]
    return drawn


def _errors(of: Nested, words: Mapping[str, str]) -> list[str]:
    """The error of the best fit against depth."""
    sides = {name: _side(name, of) for name in ("plain", "residual")}
    count = len(of.compared.plain.errors)
    top = max(error for side in sides.values() for error in side.errors) or 1.0
    left, right, upper, lower = 26, WIDTH - 26, 348, 466

    def at(depth: int, error: float) -> tuple[float, float]:
        return left + (right - left) * (depth - 1) / (count - 1), lower - (lower - upper) * error / top

    drawn = [
        words_at(8, 324, words["panel_errors"], "big"),
        element("path", d=f"M8 {lower}H{WIDTH - 8}", class_="axis"),
        element("path", d=f"M{at(of.depth, 0)[0]:.1f} {lower}V{upper - 8}", class_="ring"),
    ]
    drawn += [words_at(at(depth, 0)[0], lower + 18, str(depth), "mid") for depth in range(1, count + 1)]
    for name, side in sides.items():
        points = [at(depth, error) for depth, error in enumerate(side.errors, 1)]
        dots = [_dot(name, *point, is_now=depth == of.depth) for depth, point in enumerate(points, 1)]
        drawn.append(element("g", element("path", d=_path(points), class_="curve"), *dots, class_=name))
    return [*drawn, *_error_labels(of.depth, sides, at, lower)]


def _dot(name: str, x: float, y: float, *, is_now: bool) -> str:
    class_ = "dot now" if is_now else "dot"
    if name == "plain":
        return element("circle", cx=round(x, 1), cy=round(y, 1), r=5, class_=class_)
    return element("path", d=f"M{x - 6.5:.1f} {y:.1f}l6.5 -6.5 6.5 6.5 -6.5 6.5z", class_=class_)


def _error_labels(
    depth: int, sides: Mapping[str, FunctionClasses], at: Callable[[int, float], tuple[float, float]], lower: float
) -> list[str]:
    """The two errors at the depth in focus, the larger above its dot and the smaller below."""
    (high, low) = sorted((side.errors[depth - 1] for side in sides.values()), reverse=True)
    x = min(max(at(depth, 0)[0], 30), WIDTH - 30)
    labels = [words_at(x, at(depth, high)[1] - 11, f"{high:.3f}", "mid halo")]
    below = at(depth, low)[1] + 20
    if f"{high:.3f}" != f"{low:.3f}":
        labels.append(words_at(x, below if below < lower - 1 else at(depth, low)[1] - 11, f"{low:.3f}", "mid halo"))
    return labels


# In words


def _in_words(panel: str, of: Nested, words: Mapping[str, str]) -> str:
    if panel == "curves":
        pairs = zip(of.compared.plain.errors, of.compared.residual.errors, strict=True)
        told = "; ".join(f"{_count(d, words)}: {p:.3f}, {r:.3f}" for d, (p, r) in enumerate(pairs, 1))
        return words["alt_curves"].format(errors=told)
    side = _side(panel, of)
    told = "; ".join(f"{_count(d, words)}: {error:.3f}" for d, error in enumerate(side.errors[: of.depth], 1))
    return words["alt_map"].format(map=words[f"map_{panel}"], errors=told)
