"""Accuracy against the number of pictures a class, a line for each way to describe a picture, as SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from resnet_viz.draw.lines import COLOURS, DASHES
from resnet_viz.draw.svg import drawing, element, stylesheet, words_at

_WIDE, _NARROW, _HEIGHT = 760, 400, 233
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 14, 37, 44
_ROW, _COLUMN = 24, 372
_LOOK, _CHOOSE = stylesheet("lines.css"), stylesheet("by_window.css")
_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


class AccuracyLine(NamedTuple):
    """One line."""

    name: str
    values: Sequence[float]
    """A share, 0 to 1, for each of the counts; empty where only its name is shown."""
    kind: str
    """As in `draw.lines`."""


def accuracy_lines(
    shown: Sequence[AccuracyLine],
    counts: Sequence[int],
    *,
    across: str,
    up: str,
    alt: str,
    chance: tuple[float, str] | None = None,
) -> str:
    """The drawing, twice: as wide as a page, and with letters that stay legible on a phone; the window decides.

    The counts stand at even distances; `chance` is the share that guessing gets, and its name.
    """
    wide, narrow = (_drawn(shown, counts, width, across=across, up=up, alt=alt, chance=chance) for width in (_WIDE, _NARROW))
    return f"<style>{_CHOOSE}</style>" + element("div", wide, class_="wide") + element("div", narrow, class_="narrow")


def _drawn(
    shown: Sequence[AccuracyLine],
    counts: Sequence[int],
    width: int,
    *,
    across: str,
    up: str,
    alt: str,
    chance: tuple[float, str] | None,
) -> str:
    def x(i: float) -> float:
        return _LEFT + 24 + (width - _LEFT - _RIGHT - 48) * (i / (len(counts) - 1) if len(counts) > 1 else 0.5)

    def y(share: float) -> float:
        return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - share)

    columns = 2 if width == _WIDE else 1
    parts = [words_at(4, 18, up)]
    for tick in _TICKS:
        parts.append(element("path", d=f"M{_LEFT} {y(tick):.1f}H{width - _RIGHT}", stroke="currentColor", stroke_opacity=0.18))
        parts.append(words_at(_LEFT - 8, y(tick) + 5, f"{tick:.0%}", text_anchor="end"))
    for i, count in enumerate(counts):
        parts.append(words_at(x(i), _HEIGHT - _BOTTOM + 20, f"{count:,}", "mid"))
    parts.append(words_at((_LEFT + width) / 2, _HEIGHT - 4, across, "mid"))
    if chance:
        share, name = chance
        place = f"M{_LEFT} {y(share):.1f}H{width - _RIGHT}"
        look = {"stroke": "currentColor", "stroke_dasharray": "1 5", "stroke_opacity": 0.8, "stroke_width": 2}
        parts += [element("path", d=place, **look), *_named(len(shown), columns, name, look)]
    slates = 0
    for i, line in enumerate(shown):
        slates += line.kind == "slate"
        dash = DASHES[{"residual": 0, "plain": 1}.get(line.kind, 1 + slates)]
        look = {"style": f"--line:{COLOURS[line.kind]}", "class_": "curve", "stroke_dasharray": dash}
        points = [(x(j), y(value)) for j, value in enumerate(line.values)]
        if len(points) > 1:
            parts.append(element("path", d="M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in points), **look))
        for a, b in points:
            parts.append(element("circle", cx=round(a, 1), cy=round(b, 1), r=4, fill=f"var(--dot, {COLOURS[line.kind]})"))
        parts += _named(i, columns, line.name, look)
    height = _HEIGHT + 12 + _ROW * -(-(len(shown) + (chance is not None)) // columns)
    plot = element("g", *parts, class_="line-plot")
    return drawing(plot, size=(width, height), alt=alt, look=_LOOK, style="min-width:0;max-width:900px")


def _named(place: int, columns: int, name: str, look: Mapping[str, object]) -> list[str]:
    """A piece of a line with its name, below the axes."""
    left, top = 8 + place % columns * _COLUMN, _HEIGHT + 22 + place // columns * _ROW
    return [element("path", d=f"M{left} {top - 5}h40", **look), words_at(left + 50, top, name)]
