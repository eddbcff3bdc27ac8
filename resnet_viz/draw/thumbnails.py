"""A small picture a lesson for the map of the course: real numbers, no words, and colours for a light and a dark page."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from resnet_viz.draw.palette import BLUE, PURPLE, SLATE, VERMILION
from resnet_viz.draw.svg import element

WIDTH, HEIGHT = 160, 84
_MARGIN = 4


OTHER = PURPLE
"""A second colour, for what differs from the first of its kind."""


class Trace(NamedTuple):
    """Values at even distances, of a plain or a residual network."""

    values: Sequence[float]
    plain: bool
    strong: bool = True


class Cuboid(NamedTuple):
    """A tensor to scale."""

    side: float
    channels: float
    colour: str = SLATE


def block() -> str:
    """One residual block: the branch, the skip, the sum."""
    middle = 56
    return _svg(
        _path(f"M6 {middle}H154", SLATE, 2),
        _path(f"M22 {middle}V34Q22 14 42 14H102Q122 14 122 34V46", BLUE, 4),
        element("rect", x=36, y=38, width=64, height=36, rx=7, fill=SLATE),
        element("circle", cx=122, cy=middle, r=10, fill="#fff", stroke=SLATE, stroke_width=2),
        _path(f"M116 {middle}h12M122 {middle - 6}v12", "#000", 2),
    )


def pictures(images: Sequence[npt.NDArray[np.uint8]]) -> str:
    """(H, W, 3) or (H, W) each, side by side, pixel by pixel."""
    side = min(HEIGHT - 2 * _MARGIN, (WIDTH - _MARGIN) / len(images) - _MARGIN)
    left = (WIDTH - len(images) * (side + _MARGIN) + _MARGIN) / 2
    return _svg(*(_image(image, left + n * (side + _MARGIN), (HEIGHT - side) / 2, side) for n, image in enumerate(images)))


def curves(lines: Sequence[Trace], *, log: bool = False) -> str:
    """Lines on one scale, residual solid and blue, plain dashed and vermilion."""
    scaled = [[math.log10(value) if log else value for value in line.values] for line in lines]
    low, high = min(map(min, scaled)), max(map(max, scaled))
    drawn = []
    for line, values in zip(lines, scaled, strict=True):
        points = _points(values, low, high)
        colour, dashes = (VERMILION, "6 3") if line.plain else (BLUE, None)
        drawn.append(
            element("path", d=points, fill="none", stroke=colour, stroke_width=3 if line.strong else 1.5, stroke_dasharray=dashes)
        )
    return _svg(_path(f"M{_MARGIN} {_MARGIN}V{HEIGHT - _MARGIN}H{WIDTH - _MARGIN}", SLATE, 1), *drawn)


def bars(values: Sequence[float], colour: str = BLUE) -> str:
    """Bars from 0."""
    pitch, high = (WIDTH - 2 * _MARGIN) / len(values), max(values)
    drawn = []
    for n, value in enumerate(values):
        height = (HEIGHT - 2 * _MARGIN) * value / high
        drawn.append(_rect(_MARGIN + n * pitch, HEIGHT - _MARGIN - height, pitch * 0.7, height, colour))
    return _svg(*drawn)


def cuboids(rows: Sequence[Sequence[Cuboid]]) -> str:
    """Rows of tensors from left to right, each as high as its side and as wide as its channels, all on one scale."""
    gap = 7
    across = max(sum(each.channels for each in row) + 0.0 for row in rows)
    most = max(len(row) for row in rows)
    tall = sum(max(each.side for each in row) for row in rows)
    wide = (WIDTH - 2 * _MARGIN - gap * (most - 1)) / across
    high = (HEIGHT - 2 * _MARGIN - gap * (len(rows) - 1)) / tall
    drawn, top = [], float(_MARGIN)
    for row in rows:
        height = max(each.side for each in row) * high
        left = (WIDTH - sum(each.channels for each in row) * wide - gap * (len(row) - 1)) / 2
        for each in row:
            size = each.side * high
            drawn.append(_rect(left, top + (height - size) / 2, max(2, each.channels * wide), size, each.colour))
            left += each.channels * wide + gap
        top += height + gap
    return _svg(*drawn)


def chain(channels: Sequence[int]) -> str:
    """A network's blocks from the input to the output, each as high as it is wide in channels, with the skip above it."""
    pitch, high = (WIDTH - 2 * _MARGIN) / len(channels), max(channels)
    drawn = []
    for n, count in enumerate(channels):
        x, height = _MARGIN + n * pitch, 12 + 38 * count / high
        drawn.append(_rect(x + 2, HEIGHT - height - 2, pitch - 6, height, SLATE))
        drawn.append(_path(f"M{_n(x)} {_n(HEIGHT - height - 6)}q{_n(pitch / 2 - 1)} -22 {_n(pitch - 2)} 0", BLUE, 2.5))
    return _svg(*drawn)


def _svg(*parts: str) -> str:
    return element("svg", *parts, xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {WIDTH} {HEIGHT}")


def _rect(x: float, y: float, width: float, height: float, colour: str) -> str:
    return element("rect", x=_n(x), y=_n(y), width=_n(width), height=_n(height), rx=1.5, fill=colour)


def _path(d: str, colour: str, width: float) -> str:
    return element("path", d=d, fill="none", stroke=colour, stroke_width=width)


def _points(values: Sequence[float], low: float, high: float) -> str:
    across, down = WIDTH - 2 * _MARGIN - 4, HEIGHT - 2 * _MARGIN - 4
    places: Iterable[tuple[float, float]] = (
        (_MARGIN + 3 + across * n / (len(values) - 1), _MARGIN + 2 + down * (high - value) / (high - low))
        for n, value in enumerate(values)
    )
    return "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in places)


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _image(image: npt.NDArray[np.uint8], x: float, y: float, side: float) -> str:
    buffer = io.BytesIO()
    Image.fromarray(image).quantize(24, dither=Image.Dither.NONE).save(buffer, "PNG", optimize=True)
    url = "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
    return element("image", href=url, x=_n(x), y=_n(y), width=_n(side), height=_n(side), style="image-rendering:pixelated")
