"""Nested function classes: maps of the functions that a number of layers reach, what one layer can be, best fits, errors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import NamedTuple

import numpy as np

from resnet_viz.draw.outline import Loop, outline
from resnet_viz.draw.svg import drawing, element, stylesheet, words_at
from resnet_viz.probes.nested import POINTS, Flags, Floats, FunctionClasses, Layer, NestedComparison, Values

WIDTH, HEIGHT = 400, 512
"""Size of one panel."""
PANELS = ("plain", "residual", "curves")
Spot = tuple[float, float]
_LOOK = stylesheet("nested.css")
_TOP, _FLOOR = 36, 410  # of a map: its upper rim, and the line from the identity to the target
_LEFT, _RIGHT = 1.3, 0.5  # how far a map reaches beside the target, in edges
_RINGS = (0.05, 0.1, 0.2, 0.4)
_DOT, _DISC = 3.2, 12  # radius of a function's mark, and of the number of a best fit
_HIGH = 1.25  # the plot of the best fits shows values up to this, and down to its negative


class Nested(NamedTuple):
    """What is drawn: a comparison, the layers of its family (both without the skip and with it) and the depth in focus."""

    compared: NestedComparison
    own: Sequence[Layer]
    skipped: Sequence[Layer]
    depth: int


def nested(of: Nested, words: Mapping[str, str], only: str = "") -> str:
    """The SVG of all panels in a row, or of one of them.

    `words`: `map_plain`, `map_residual`, `reached`, `kept_all`, `kept_some`, `lost_none`, `lost_some`, `layers_one`,
    `layers_many`, `target`, `identity`, `panel_layers`, `panel_fits`, `panel_errors`, `legend_plain`, `legend_residual`,
    `alt_map`, `alt_curves`, `map_ring`.
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
    """The class of the depth as an area, that of one layer fewer inside of a dashed line, function by function; the best fits."""
    side, depth, edge = _side(panel, of), of.depth, of.compared.edge
    scale = WIDTH / ((_LEFT + _RIGHT) * edge)

    def at(x: float, y: float) -> Spot:
        return round((x + _LEFT * edge) * scale, 1), round(_FLOOR - y * scale, 1)

    star, start, ways = at(0, 0), at(*of.compared.start), [at(*mark) for mark in side.marks[max(depth - 2, 0) : depth]]
    lines = [_outline(side.places[d - 1], edge, at) for d in range(depth, max(depth - 2, 0), -1)]
    classes = [_area(loops, rank) for loops, rank in zip(lines, ("now", "before"), strict=False)]
    functions = [] if depth == 1 else _functions([at(*place) for place in side.places[depth - 2]], side.stay[depth - 2])
    discs = _apart(dict.fromkeys(ways))
    rings = _ring_places(star, scale, edge, [*discs.values()])
    written = [(x + across, y) for x, y in rings.values() for across in (0.0, 34.0)]  # the first is two words
    rim = f"nested-{panel}"
    return [
        words_at(8, 22, words[f"map_{panel}"], "big"),
        element("clipPath", element("rect", x=0, y=_TOP, width=WIDTH, height=_FLOOR - _TOP), id=rim),
        element("g", *classes, *functions, *_rings(star, scale, edge), clip_path=f"url(#{rim})"),
        *_ring_labels(rings, words),
        element("path", d=f"M0 {_FLOOR}H{WIDTH}", class_="axis"),
        element("rect", x=round(start[0] - 6, 1), y=_FLOOR - 6, width=12, height=12, class_="start"),
        words_at(start[0], _FLOOR + 25, words["identity"], "mid") if start != star else "",
        _star(*star),
        *_way(ways, depth, discs),
        *_names(lines, [_count(d, words) for d in (depth, depth - 1)], [*discs.values(), *written]),
        words_at(star[0], _FLOOR + 25, words["target" if start != star else "target_identity"], "mid"),
        *_legend(side, depth, words),
    ]


def _outline(places: Floats, edge: float, at: Callable[[float, float], Spot]) -> list[Loop]:
    """The outline of a class as far as it is seen, mirrored below the floor so that it ends there upright."""
    found = outline(np.concatenate([places, places * [1, -1]]) / edge)
    drawn = [[at(x * edge, y * edge) for x, y in loop] for loop in found]
    return [loop for loop in drawn if _is_seen(*zip(*loop, strict=True))]


def _area(loops: Sequence[Loop], rank: str) -> str:
    return element("path", d="".join(_path(loop) + "Z" for loop in loops), class_=f"reach {rank}")


def _is_seen(across: Sequence[float], down: Sequence[float]) -> bool:
    return min(across) < WIDTH and max(across) > 0 and min(down) < _FLOOR and max(down) > _TOP


def _functions(spots: Sequence[Spot], stay: Flags) -> list[str]:
    """Those of the smaller class: a dot where the larger one has the function too, a cross where it has not."""
    marks: dict[bool, dict[Spot, Spot]] = {True: {}, False: {}}
    for (x, y), stays in zip(spots, stay.tolist(), strict=True):
        if _is_seen([x], [y]):  # two on the same few pixels are one mark
            marks[stays].setdefault((x // _DOT, y // _DOT), (x, y))
    dots = "".join(f"M{x} {y}h0" for x, y in marks[True].values())
    arms = f"l{_DOT * 2} {_DOT * 2}m0 -{_DOT * 2}l-{_DOT * 2} {_DOT * 2}"
    crosses = "".join(f"M{x - _DOT:.1f} {y - _DOT:.1f}{arms}" for x, y in marks[False].values())
    return [element("path", d=d, class_=class_) for d, class_ in ((dots, "stays"), (crosses, "lost")) if d]


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _ring_steps(edge: float) -> list[float]:
    step = next((step for step in _RINGS if edge / step < 5), _RINGS[-1])
    return [step * i for i in range(1, round(_LEFT * edge / step) + 1)]


def _rings(star: Spot, scale: float, edge: float) -> list[str]:
    return [element("circle", cx=star[0], cy=star[1], r=round(radius * scale, 1), class_="ring") for radius in _ring_steps(edge)]


def _ring_places(star: Spot, scale: float, edge: float, discs: Sequence[Spot]) -> dict[float, Spot]:
    """Where the distance that each ring stands for is written: up and to the right of the star, where no disc is."""
    places = {radius: (star[0] + 0.34 * radius * scale, star[1] - 0.94 * radius * scale) for radius in _ring_steps(edge)}
    return {
        radius: (x, y)
        for radius, (x, y) in places.items()
        if y > _TOP + 12 and x < WIDTH - 20 and not any(abs(x - a) < 60 and abs(y - b) < 24 for a, b in discs)
    }


def _ring_labels(places: Mapping[float, Spot], words: Mapping[str, str]) -> list[str]:
    first = min((radius for radius, (x, _) in places.items() if x < WIDTH - 84), default=0)  # two words have room
    return [
        words_at(x, y + 4, words["map_ring"].format(distance=f"{radius:.2g}") if radius == first else f"{radius:.2g}", "halo")
        for radius, (x, y) in places.items()
    ]


def _names(lines: Sequence[Sequence[Loop]], names: Sequence[str], taken: Sequence[Spot]) -> list[str]:
    """What each outline is, written on it where the other one and `taken` leave room, and where little of it is covered."""
    drawn = []
    for loops, name, rank, other in zip(lines, names, ("now", "before"), [*lines[1:], []], strict=False):
        half = np.array([9 + 4.5 * len(name), 12])
        spots = np.array([spot for loop in loops for spot in loop]).reshape(-1, 2)
        middles = np.concatenate([np.add(spots, [(half[0] - 4) * beside, 0]) for beside in (-1, 0, 1)])
        inside = (middles > np.add(half, [3, _TOP])) & (middles < [WIDTH - half[0] - 3, _FLOOR - 26])
        middles = middles[inside.all(1)]
        if not len(middles):
            continue
        room, clear = (
            (np.abs(middles[:, None] - np.reshape([*others], (-1, 2))) - half - [_DISC + 6, _DISC])
            .max(2)
            .min(1, initial=6)
            .round()
            for others in (taken, (spot for loop in other for spot in loop))
        )  # pixels to the nearest of them, six are enough
        covered = (np.abs(middles[:, None] - spots) <= half).all(2).sum(1)
        x, y = middles[np.lexsort((covered, -clear, -room))[0]]
        taken = [*taken, *((x + part * half[0], y) for part in (-1, -0.5, 0, 0.5, 1))]
        pill = element("rect", x=round(x - half[0], 1), y=round(y - 12, 1), width=2 * half[0], height=24, rx=12)
        drawn.append(element("g", pill, words_at(x, y + 5.5, name, "mid"), class_=f"name {rank}"))
    return drawn


def _apart(marks: Iterable[Spot]) -> dict[Spot, Spot]:
    """Where the disc of each mark stands: two that would cover each other stand to both sides of their middle."""
    spots = {
        mark: (mark[0], min(mark[1], _FLOOR - 22.0)) for mark in marks
    }  # above the star or the square where it is one of them
    if len(spots) < 2:
        return spots
    (one, a), (other, b) = spots.items()
    away = np.subtract(b, a)
    missing = 2 * _DISC + 3 - float(np.hypot(*away))
    if missing > 0:
        step = missing / 2 * (away / np.hypot(*away) if away.any() else np.array([1.0, 0.0]))
        spots = {one: tuple((a - step).tolist()), other: tuple((b + step).tolist())}
    return spots


def _way(marks: Sequence[Spot], depth: int, discs: Mapping[Spot, Spot]) -> list[str]:
    """From the best fit of one layer fewer to that of the depth in focus: a line, and a number at each."""
    depths: dict[Spot, list[int]] = {}
    for number, mark in enumerate(marks, depth + 1 - len(marks)):
        depths.setdefault(mark, []).append(number)
    numbers = [_best(*discs[mark], own, is_now=depth in own) for mark, own in depths.items()]
    return [element("path", d=_path(marks), class_="walk"), *numbers]


def _best(x: float, y: float, depths: Sequence[int], *, is_now: bool) -> str:
    label = ",".join(map(str, depths))
    width = 2 * _DISC + 8 * (len(label) - 1)
    return element(
        "g",
        element("rect", x=round(x - width / 2, 1), y=round(y - _DISC, 1), width=width, height=2 * _DISC, rx=_DISC),
        words_at(x, y + 5.5, label, "mid"),
        class_="best now" if is_now else "best",
    )


def _star(x: float, y: float, radius: float = 13) -> str:
    angles = np.pi * (np.arange(10) / 5 - 0.5)
    radii = np.where(np.arange(10) % 2, 0.42 * radius, radius)
    points = " ".join(f"{x + r * np.cos(a):.1f},{y + r * np.sin(a):.1f}" for r, a in zip(radii, angles, strict=True))
    return element("polygon", points=points, class_="star")


def _legend(side: FunctionClasses, depth: int, words: Mapping[str, str]) -> list[str]:
    """What the area is, and how many functions of the smaller class are in it or lost."""
    rows = [(element("rect", x=8, y=-14, width=32, height=18, rx=5, class_="reach now"), "reached", side.sizes[depth - 1], 0)]
    if depth > 1:
        size, kept = side.sizes[depth - 2], side.kept[depth - 1]
        rows.append((element("path", d="M24 -5h0", class_="stays"), "kept_all" if kept == size else "kept_some", size, kept))
        cross = element("path", d="M20 -9l8 8m0 -8l-8 8", class_="lost")
        rows.append((cross, "lost_none" if kept == size else "lost_some", size - kept, kept))
    drawn = []
    for i, (mark, key, size, kept) in enumerate(rows):
        label = words[key].format(layers=_count(depth - (i > 0), words), size=size, kept=kept)
        drawn.append(element("g", mark, words_at(50, 0, label), transform=f"translate(0 {_FLOOR + 50 + 23 * i})"))
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
