"""Singular values of several matrices side by side, on a logarithmic scale: what is below it is not there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from resnet_viz.draw.lines import power
from resnet_viz.draw.svg import drawing, element, stylesheet, words_at

_WIDE, _NARROW, _HEIGHT = 640, 380, 250
_STYLE = stylesheet("by_window.css")
_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 6, 34, 48
_DECADES = 5


class Spectrum(NamedTuple):
    """The values of one matrix, the largest 1."""

    name: str
    values: Sequence[float]
    colour: str


def spectrum(shown: Sequence[Spectrum], *, count: int, across: str, up: str, alt: str) -> str:
    """Bars for the first `count` values of each, for a page and for a phone; an empty one draws the axes and its name only."""
    wide, narrow = (_drawn(shown, count, across, up, alt, width) for width in (_WIDE, _NARROW))
    return f"<style>{_STYLE}</style>" + element("div", wide, class_="wide") + element("div", narrow, class_="narrow")


def _drawn(shown: Sequence[Spectrum], count: int, across: str, up: str, alt: str, width: int) -> str:
    pitch = (width - _LEFT - _RIGHT) / count
    tall = _HEIGHT - _TOP - _BOTTOM
    parts = [words_at(4, 16, up)]
    for exponent in range(_DECADES + 1):
        y = _TOP + tall * exponent / _DECADES
        parts.append(element("path", d=f"M{_LEFT} {y:.1f}H{width - _RIGHT}", stroke="currentColor", stroke_opacity=0.18))
        parts.append(words_at(_LEFT - 8, y + 5, power(10.0**-exponent), text_anchor="end"))
    for i in range(count):
        parts.append(words_at(_LEFT + (i + 0.5) * pitch, _HEIGHT - _BOTTOM + 18, str(i + 1), "mid"))
    parts.append(words_at((_LEFT + width) / 2, _HEIGHT - 8, across, "mid"))
    thick = 0.76 * pitch / len(shown)
    for n, one in enumerate(shown):
        for i, value in enumerate(one.values):
            height = tall * (1 + math.log10(value) / _DECADES) if value > 10**-_DECADES else 0
            if height > 0:
                x = _LEFT + (i + 0.12) * pitch + n * thick
                parts.append(_bar(x, _HEIGHT - _BOTTOM - height, thick - 1, height, one.colour))
        y = _HEIGHT + 16 + 22 * n
        parts += [_bar(_LEFT, y - 12, 22, 14, one.colour), words_at(_LEFT + 30, y, one.name)]
    return drawing(*parts, size=(width, _HEIGHT + 22 * len(shown) + 8), alt=alt, style=f"min-width:0;max-width:{width}px")


def _bar(x: float, y: float, width: float, height: float, colour: str) -> str:
    return element("rect", x=round(x, 1), y=round(y, 1), width=round(width, 1), height=round(height, 1), fill=colour)
