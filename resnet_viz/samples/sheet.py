"""Paper and pens for the drawings that come with the app."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter

SIDE = 512
"""Pixels a side of each drawing."""
_LARGE = 2 * SIDE
"""Lines and areas are drawn at twice the size, then made smaller: soft edges."""

Colour = tuple[int, int, int]
Point = tuple[float, float]
Flow = Callable[[npt.NDArray[np.floating], npt.NDArray[np.floating]], tuple[npt.ArrayLike, npt.ArrayLike]]
"""Which way hairs lie at places: x and y in, the two parts of a direction out."""


class Sheet:
    """A picture to draw on: places and lengths are parts of its side, from the top left."""

    def __init__(self, ground: npt.NDArray[np.floating]) -> None:
        small = Image.fromarray(np.clip(ground, 0, 255).astype(np.uint8))
        self.image = small.resize((_LARGE, _LARGE), Image.Resampling.BILINEAR)
        self.pen = ImageDraw.Draw(self.image)

    def area(self, corners: Sequence[Point], colour: Colour) -> None:
        self.pen.polygon([(x * _LARGE, y * _LARGE) for x, y in corners], colour)

    def box(self, left: float, top: float, right: float, bottom: float, colour: Colour, round_by: float = 0.0) -> None:
        corners = [n * _LARGE for n in (left, top, right, bottom)]
        self.pen.rounded_rectangle(corners, round_by * _LARGE, colour)

    def disc(self, x: float, y: float, across: float, colour: Colour, down: float | None = None) -> None:
        """An ellipse by its middle and its two radii; a circle where there is one."""
        down = across if down is None else down
        self.pen.ellipse([n * _LARGE for n in (x - across, y - down, x + across, y + down)], colour)

    def line(self, places: Sequence[Point], colour: Colour, width: float) -> None:
        self.pen.line([(x * _LARGE, y * _LARGE) for x, y in places], colour, round(width * _LARGE), "curve")

    def rings(self, x: float, y: float, *rings: tuple[float, Colour]) -> None:
        """Discs on one another, the largest first."""
        for radius, colour in rings:
            self.disc(x, y, radius, colour)

    def hairs(self, corners: Sequence[Point], count: int, length: float, flow: Flow, light: Colour, dark: Colour) -> None:
        """Fur, or grass: so many hairs begin within these corners, those above first, each in a colour between the two."""
        random = np.random.default_rng(len(corners) + count)
        rows, columns = np.nonzero(np.asarray(_mask(corners, SIDE)))
        picked = np.sort(random.integers(0, len(rows), count))
        x, y = (columns[picked] + random.random(count)) / SIDE, (rows[picked] + random.random(count)) / SIDE
        across, down = (np.broadcast_to(part, count) for part in flow(x, y))
        angle = np.arctan2(down, across) + random.normal(0, 0.25, count)
        long = length * random.uniform(0.6, 1.3, count)
        ends = np.stack([x, y, x + long * np.cos(angle), y + long * np.sin(angle)], -1) * _LARGE
        mixed = random.random((count, 1)) * np.subtract(light, dark) + dark
        for place, colour in zip(ends.tolist(), mixed.astype(int).tolist(), strict=True):
            self.pen.line(place, tuple(colour), 3)

    def paint(self, corners: Sequence[Point], colours: npt.NDArray[np.floating]) -> None:
        """An area in colours (H, W, 3) that differ from place to place."""
        over = Image.fromarray(np.clip(colours, 0, 255).astype(np.uint8)).resize((_LARGE, _LARGE), Image.Resampling.BILINEAR)
        self.image.paste(over, mask=_mask(corners, _LARGE))

    def soften(self, radius: float) -> None:
        """What has been drawn so far lies far behind."""
        self.image = self.image.filter(ImageFilter.GaussianBlur(radius * _LARGE))
        self.pen = ImageDraw.Draw(self.image)

    def small(self) -> Image.Image:
        return self.image.resize((SIDE, SIDE), Image.Resampling.BOX)


def _mask(corners: Sequence[Point], side: int) -> Image.Image:
    mask = Image.new("L", (side, side))
    ImageDraw.Draw(mask).polygon([(x * side, y * side) for x, y in corners], 255)
    return mask


def rounded(corners: Sequence[Point], steps: int = 10) -> list[Point]:
    """A closed curve through these places: Catmull and Rom's."""
    before, here, next_, after = (np.roll(np.asarray(corners, dtype=float), shift, 0)[:, None] for shift in (1, 0, -1, -2))
    t = (np.arange(steps) / steps)[:, None]  # (corners, steps, 2)
    curve = 2 * here + (next_ - before) * t + (2 * before - 5 * here + 4 * next_ - after) * t**2
    curve = (curve + (3 * here - before - 3 * next_ + after) * t**3) / 2
    return [(x, y) for x, y in curve.reshape(-1, 2).tolist()]


def mirrored(corners: Sequence[Point]) -> list[Point]:
    """Left and right changed."""
    return [(1 - x, y) for x, y in corners]


def grid() -> tuple[npt.NDArray[np.floating], npt.NDArray[np.floating]]:
    """(y, x) of each pixel, from 0 to 1."""
    y, x = np.mgrid[0:SIDE, 0:SIDE] / SIDE
    return y, x


def fade(top: Colour, bottom: Colour) -> npt.NDArray[np.floating]:
    """(H, W, 3): one colour above, another one below."""
    y, _ = grid()
    ends = np.asarray([top, bottom], dtype=float)
    faded: npt.NDArray[np.floating] = ends[0] + (ends[1] - ends[0]) * y[..., None]
    return faded


def with_grain(ground: npt.NDArray[np.floating], strength: float, grain: int) -> npt.NDArray[np.floating]:
    """Lighter and darker spots of this many pixels: grass, tar."""
    random = np.random.default_rng(0)
    spots = random.normal(0, strength, (SIDE // grain + 1, SIDE // grain + 1))
    return ground + np.kron(spots, np.ones((grain, grain)))[:SIDE, :SIDE, None]


def outdoors(horizon: float, ground: Colour) -> Sheet:
    """Sky above the horizon, with clouds, and what lies below it."""
    y, _ = grid()
    sky = Sheet(fade((92, 148, 214), (206, 226, 244)))
    for x, top, size in ((0.16, 0.16, 0.1), (0.26, 0.19, 0.08), (0.8, 0.1, 0.09), (0.9, 0.13, 0.11)):
        sky.disc(x, top, size, (236, 242, 248), size / 2.6)
    sky.soften(0.02)
    below = with_grain(np.broadcast_to(np.asarray(ground, dtype=float), (SIDE, SIDE, 3)), 9, 3)
    return Sheet(np.where((y > horizon)[..., None], below, np.asarray(sky.small(), dtype=float)))


def meadow(far: Colour, near: Colour) -> Sheet:
    """Grass, seen from above."""
    sheet = Sheet(with_grain(fade(far, near), 16, 8))
    sheet.soften(0.006)
    whole = ((0, 0.02), (1, 0.02), (1, 1), (0, 1))
    sheet.hairs(whole, 2500, 0.05, lambda x, y: (0.2 * np.sin(40 * x), -1), (136, 176, 84), (48, 92, 34))
    return sheet
