"""Where a block changes the shape: what its branch and its shortcut make of x, and whether the two can be added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from resnet_viz.draw.palette import VERMILION
from resnet_viz.draw.svg import box, drawing, element, plus, wire, words_at
from resnet_viz.nets.plan import Block, Shape
from resnet_viz.nets.spec import ShortcutKind

_SIDE, _DEEP, _DEEPEST = 92.0, 26.0, 92.0
"""Of x on the screen: rows and columns, channels; and the most that channels take."""
_SLANT = 0.45
_STRIP = 54
"""Blocks of a network that are drawn below, at most."""
_ROW, _LINE = 56, 18
"""What these take below all tensors, and a line of words above them."""
_CHOICE = (
    ".fit-upright { display: none } @media (max-width: 640px) { .fit-wide { display: none } .fit-upright { display: block } }"
)
_HALO = "paint-order:stroke;stroke:var(--paper);stroke-width:5px"
"""Around words that lie on lines."""
_BLUE = "var(--rv-residual, var(--blue))"
_COLOURS = {"identity": _BLUE, "projection": "var(--green)", "zero-pad": _BLUE}


class _Places(NamedTuple):
    """Where things stand: middles."""

    size: tuple[int, int]
    x: tuple[float, float]
    split: tuple[float, float]
    ways: tuple[tuple[float, float], tuple[float, float]]
    """The boxes of shortcut and branch."""
    outputs: tuple[tuple[float, float], tuple[float, float]]
    sum: tuple[float, float]
    y: tuple[float, float]


_WIDE = _Places((860, 400), (90, 175), (172, 175), ((285, 85), (285, 265)), ((490, 85), (490, 265)), (640, 175), (765, 175))
_UPRIGHT = _Places((400, 540), (190, 58), (190, 136), ((105, 174), (295, 174)), ((95, 268), (295, 268)), (190, 356), (190, 414))


def shape_fit(block: Block, way: str, kinds: Sequence[ShortcutKind], words: Mapping[str, str]) -> str:
    """The drawing, as HTML with one SVG for a page and one for a phone.

    `way` is `none` (x as it is), `A`, `B` or `C`; `kinds` are the shortcuts of the network's blocks then, `none` where x does not
    fit. `words`: `fit_none`, `fit_A`, `fit_B` and `fit_C` say in a few words what the shortcut does, `fit_A_channels` and
    `fit_A_pixels` what A does where the block changes these alone, `fit_branch` names the branch and `fit_blocks` the row of
    blocks; `fit_blocks_<kind>` says how a kind of shortcut is drawn there, `fit_alt` has {x}, {branch}, {way} and {shortcut}.
    """
    wide, upright = (_drawing(block, way, kinds, words, upright=upright) for upright in (False, True))
    return f"<style>{_CHOICE}</style>" + element("div", wide, class_="fit-wide") + element("div", upright, class_="fit-upright")


def _drawing(block: Block, way: str, kinds: Sequence[ShortcutKind], words: Mapping[str, str], *, upright: bool) -> str:
    at = _UPRIGHT if upright else _WIDE
    into, out = block.in_shape, block.out_shape
    carried = into if way == "none" else out
    fits = carried == out
    does = words[_what_is_done(way, into, out)]
    real = into[0] / out[0] if way == "A" else 1.0
    kind = {"A": "zero-pad", "B": "projection", "C": "projection"}.get(way, "identity")
    (sx, sy), (bx, by) = at.outputs
    parts = [
        wire(at.x, at.split, arrow=False),
        _joined(at.split, at.ways[0], upright, class_=f"arc {kind}"),
        _joined(at.split, at.ways[1], upright),
        _joined(at.ways[0], (sx, sy), upright, class_=f"arc {kind}"),
        _joined(at.ways[1], (bx, by), upright),
        _joined((sx, sy), at.sum, upright, end=True, class_=f"arc {kind}"),
        _joined((bx, by), at.sum, upright, end=True),
        _cuboid(at.x, into, into, "x"),
        _way(at.ways[0], does, _COLOURS[kind]),
        _way(at.ways[1], words["fit_branch"], "var(--edge)"),
        _cuboid((sx, sy), carried, into, "" if way == "none" else "P(x)" if kind == "projection" else "x", real=real),
        _cuboid((bx, by), out, into, "F(x)"),
        plus(*at.sum, 15) if fits else _no(*at.sum),
    ]
    if fits:
        parts += [_joined(at.sum, at.y, upright), _cuboid(at.y, out, into, "y")]
    drawn = [words[f"fit_blocks_{kind}"] for kind in ("identity", "zero-pad", "projection", "none") if kind in kinds]
    title = [words["fit_blocks"], " · ".join(drawn)]
    lines = title if upright else [" · ".join(title)]
    tensors = max(_lowest(middle, out, into) for middle in (*at.outputs, at.y))  # the same whether y is drawn or not
    size = (at.size[0], max(at.size[1], tensors + _ROW + _LINE * len(lines)))
    parts.append(_strip(kinds, lines, size))
    said = words["fit_alt"].format(x=_text(into), branch=_text(out), way=does, shortcut=_text(carried))
    return drawing(*parts, size=size, alt=said, style="min-width:0")


def _what_is_done(way: str, into: Shape, out: Shape) -> str:
    """The key of what the shortcut does: zero-padding leaves out what keeps its size."""
    if way == "A" and into[1:] == out[1:]:
        return "fit_A_channels"
    return "fit_A_pixels" if way == "A" and into[0] == out[0] else f"fit_{way}"


def _text(shape: Shape) -> str:
    return "×".join(map(str, shape))


def _joined(a: tuple[float, float], b: tuple[float, float], upright: bool, *, end: bool = False, class_: str = "") -> str:
    """A line from one thing to another with one corner: across first, or down first."""
    corner = (b[0], a[1]) if end != upright else (a[0], b[1])
    if not class_:
        return wire(a, corner, b, arrow=False)
    path = f"M{a[0]} {a[1]}L{corner[0]} {corner[1]}L{b[0]} {b[1]}"
    return element("g", element("path", d=path), class_=class_)


def _cuboid(middle: tuple[float, float], shape: Shape, of: Shape, name: str, *, real: float = 1.0) -> str:
    """A tensor to the scale of x: rows and columns as its face, channels as its depth; a part of them may be zeros."""
    wide, tall, deep = _extents(shape, of)
    left, top = middle[0] - (wide + deep) / 2, _top(middle[1], tall, deep)
    zeros = _solid(left + deep * real, top - deep * real * _SLANT, wide, tall, deep * (1 - real), dashed=True) if real < 1 else ""
    label = f"{name}  {_text(shape)}".strip()
    below = words_at(middle[0], _lowest(middle, shape, of), label, "mid", style=_HALO)
    return element("g", zeros + _solid(left, top, wide, tall, deep * real) + below)


def _extents(shape: Shape, of: Shape) -> tuple[float, float, float]:
    """Width and height of a tensor's face on the screen, and its depth."""
    c, h, w = shape
    return _SIDE * w / of[2], _SIDE * h / of[1], min(_DEEPEST, _DEEP * c / of[0])


def _top(middle: float, tall: float, deep: float) -> float:
    """Where the face begins of a tensor that is seen from above."""
    return middle - (tall - deep * _SLANT) / 2


def _lowest(middle: tuple[float, float], shape: Shape, of: Shape) -> int:
    """The line on which a tensor's name and shape stand."""
    _, tall, deep = _extents(shape, of)
    return round(_top(middle[1], tall, deep) + tall + 20)


def _solid(x: float, y: float, wide: float, tall: float, deep: float, *, dashed: bool = False) -> str:
    """Face, top and side."""
    up = deep * _SLANT
    corners = (
        [(x, y), (x + wide, y), (x + wide, y + tall), (x, y + tall)],
        [(x, y), (x + deep, y - up), (x + wide + deep, y - up), (x + wide, y)],
        [(x + wide, y), (x + wide + deep, y - up), (x + wide + deep, y + tall - up), (x + wide, y + tall)],
    )
    look = {"fill": "var(--paper)" if dashed else "var(--soft)", "stroke": "var(--ink)", "stroke_width": 1.4}
    dash = "4 4" if dashed else None
    return "".join(
        element("polygon", points=" ".join(f"{a:.1f},{b:.1f}" for a, b in points), stroke_dasharray=dash, **look)
        for points in corners
    )


def _way(middle: tuple[float, float], text: str, colour: str) -> str:
    """A box with a few words, a line for each part that a semicolon ends."""
    lines = text.split("; ")
    wide, tall = 176, 22 * len(lines) + 12
    x, y = middle[0] - wide / 2, middle[1] - tall / 2
    parts = [box(x, y, wide, tall, "cell", style=f"stroke:{colour};stroke-width:2.2")]
    parts += [words_at(middle[0], y + 22 * (i + 1) - 2, line, "mid") for i, line in enumerate(lines)]
    return "".join(parts)


def _no(x: float, y: float) -> str:
    """Where an addition cannot be."""
    circle = element("circle", cx=x, cy=y, r=17, fill="var(--paper)", stroke=VERMILION, stroke_width=3)
    return circle + _cross(x, y, 7, 3)


def _cross(x: float, y: float, half: float, thick: float) -> str:
    path = f"M{x - half:.1f} {y - half:.1f}l{2 * half} {2 * half}M{x + half:.1f} {y - half:.1f}l-{2 * half} {2 * half}"
    return element("path", d=path, stroke=VERMILION, stroke_width=thick)


def _strip(kinds: Sequence[ShortcutKind], title: Sequence[str], size: tuple[int, int]) -> str:
    """The blocks of the network in a row, each below its shortcut. `title` is said above them, line by line."""
    if len(kinds) > _STRIP:
        return ""
    pitch = min(46.0, (size[0] - 20) / len(kinds))
    bottom = size[1] - 8
    parts = [words_at(10, bottom - 44 - _LINE * (len(title) - 1 - i), line, "quiet") for i, line in enumerate(title)]
    for i, kind in enumerate(kinds):
        x = 10 + i * pitch
        wide = pitch * 0.62
        parts.append(element("rect", x=round(x, 1), y=bottom - 14, width=round(wide, 1), height=13, rx=2, class_="cell"))
        arc = f"M{x - 1:.1f} {bottom - 8}v-14h{wide + 2:.1f}v14"
        parts.append(element("g", element("path", d=arc), class_=f"arc {kind if kind != 'none' else 'off'}"))
        if kind == "none":
            parts.append(_cross(x + wide / 2, bottom - 22, 5, 2.4))
    return "".join(parts)
