"""Drawn *Shapes*: as signed distance functions, with soft edges one pixel wide."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from resnet_viz.training.data.arrays import Arrays
from resnet_viz.training.data.shapes import CLASSES, Shapes

Grid = npt.NDArray[np.floating]
"""(N, S, S)."""
_EASIEST = Shapes()


def _box(u: Grid, v: Grid, half_width: float, half_height: float) -> Grid:
    a, b = np.abs(u) - half_width, np.abs(v) - half_height
    outside: Grid = np.hypot(np.maximum(a, 0), np.maximum(b, 0))
    return outside + np.minimum(np.maximum(a, b), 0)


def _disc(u: Grid, v: Grid, radius: float) -> Grid:
    distance: Grid = np.hypot(u, v) - radius
    return distance


def _convex(u: Grid, v: Grid, corners: int, inner: float) -> Grid:
    """The polygon whose sides are `inner` away from the middle, one corner up."""
    angles = np.pi / 2 + np.pi / corners + 2 * np.pi * np.arange(corners) / corners
    furthest: Grid = np.maximum.reduce([u * np.float32(np.cos(a)) - v * np.float32(np.sin(a)) for a in angles])
    return furthest - np.float32(inner)


def _star(u: Grid, v: Grid) -> Grid:
    """Five points: a side of the star belongs to the point whose axis is nearest."""
    radius, angle = np.hypot(u, v), np.arctan2(-v, u) - np.pi / 2
    sector = np.abs((angle + np.pi / 5) % (2 * np.pi / 5) - np.pi / 5)  # 0 on a point's axis, π/5 between two points
    x, y = radius * np.cos(sector), radius * np.sin(sector)
    outer, inner = 0.95, 0.42
    ax, ay = outer, 0.0
    bx, by = inner * np.cos(np.pi / 5), inner * np.sin(np.pi / 5)
    normal = np.array([by - ay, ax - bx]) / np.hypot(by - ay, ax - bx)
    return np.asarray((x - ax) * normal[0] + (y - ay) * normal[1], dtype=np.float32)


DISTANCES: dict[str, Callable[[Grid, Grid], Grid]] = {
    "disc": lambda u, v: _disc(u, v, 0.72),
    "square": lambda u, v: _box(u, v, 0.62, 0.62),
    "triangle": lambda u, v: _convex(u, v + 0.12, 3, 0.42),
    "cross": lambda u, v: np.minimum(_box(u, v, 0.8, 0.24), _box(u, v, 0.24, 0.8)),
    "ring": lambda u, v: np.abs(_disc(u, v, 0.6)) - 0.18,
    "star": _star,
    "bar": lambda u, v: _box(u, v, 0.85, 0.24),
    "two dots": lambda u, v: np.minimum(_disc(u - 0.45, v, 0.34), _disc(u + 0.45, v, 0.34)),
    "crescent": lambda u, v: np.maximum(_disc(u, v, 0.76), -_disc(u - 0.38, v, 0.6)),
    "L": lambda u, v: np.minimum(_box(u + 0.4, v, 0.24, 0.76), _box(u, v - 0.52, 0.64, 0.24)),
}
"""Class name to signed distance, in units of half a picture; negative inside."""


def draw_shapes(kind: Shapes = _EASIEST, count: int = 3000, seed: int = 0) -> Arrays:
    """`count` pictures, (count, 3, S, S), the classes balanced and in turn.

    >>> draw_shapes(count=20).images.shape
    (20, 3, 16, 16)
    """

    random = np.random.default_rng([seed, 0x5A])
    labels = np.arange(count) % len(CLASSES)
    cover = _cover(kind, labels, random)
    clutter = _clutter(kind, count, random) if "clutter" in kind.levels else np.zeros_like(cover)
    side = kind.size
    axis = np.linspace(-1, 1, side, dtype=np.float32)
    ground, figure = _two_colours(count, random)  # (N, 3)
    direction = random.uniform(0, 2 * np.pi, count)
    slope = np.cos(direction)[:, None, None] * axis[None, None, :] + np.sin(direction)[:, None, None] * axis[None, :, None]
    shade = slope[:, None] * random.uniform(-0.15, 0.15, (count, 3))[:, :, None, None]
    picture = ground[:, :, None, None] + shade  # (N, 3, S, S)
    third = random.uniform(0, 1, (count, 3))
    for colour, alpha in ((third, clutter), (figure, cover)):
        picture = picture * (1 - alpha[:, None]) + colour[:, :, None, None] * alpha[:, None]
    picture += random.normal(0, 0.2 if "noise" in kind.levels else 0.05, picture.shape)
    images = np.round(np.clip(picture, 0, 1) * 255).astype(np.uint8)
    return Arrays(images, labels, CLASSES)


def _cover(kind: Shapes, labels: npt.NDArray[np.int64], random: np.random.Generator) -> Grid:
    """How much of each pixel the shape covers, 0 to 1."""
    count, side = len(labels), kind.size
    size = random.uniform(0.7, 0.9, count).astype(np.float32)
    room = 1 - size
    centre = random.uniform(-1, 1, (2, count)).astype(np.float32) * room
    angle = random.uniform(0, 2 * np.pi, count) if "rotation" in kind.levels else np.zeros(count)
    axis = (np.arange(side, dtype=np.float32) + 0.5) / side * 2 - 1
    x = (axis[None, None, :] - centre[0][:, None, None]) / size[:, None, None]
    y = (axis[None, :, None] - centre[1][:, None, None]) / size[:, None, None]
    cos, sin = (f(angle).astype(np.float32)[:, None, None] for f in (np.cos, np.sin))
    u, v = x * cos + y * sin, y * cos - x * sin
    distance = np.empty((count, side, side), dtype=np.float32)
    for label, name in enumerate(CLASSES):
        rows = labels == label
        distance[rows] = DISTANCES[name](u[rows], v[rows])
    pixels = distance * size[:, None, None] * side / 2
    return np.clip(0.5 - pixels, 0, 1).astype(np.float32)


def _clutter(kind: Shapes, count: int, random: np.random.Generator) -> Grid:
    """Three small bars or discs anywhere."""
    side = kind.size
    axis = (np.arange(side, dtype=np.float32) + 0.5) / side * 2 - 1
    cover = np.zeros((count, side, side), dtype=np.float32)
    bits: list[Callable[[Grid, Grid], Grid]] = [
        lambda u, v: _disc(u, v, 0.16),
        lambda u, v: _box(u, v, 0.28, 0.08),
        lambda u, v: _box(u, v, 0.08, 0.28),
    ]
    for distance in bits:
        at = random.uniform(-0.9, 0.9, (2, count)).astype(np.float32)
        u, v = axis[None, None, :] - at[0][:, None, None], axis[None, :, None] - at[1][:, None, None]
        cover = np.maximum(cover, np.clip(0.5 - distance(u, v) * side / 2, 0, 1))
    return cover


def _two_colours(count: int, random: np.random.Generator) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Background and shape, (N, 3) each, at least 0.5 apart in some channel; which one is lighter says nothing."""
    ground = random.uniform(0.1, 0.9, (count, 3))
    away = random.uniform(0.5, 0.8, (count, 3)) * random.choice([-1, 1], (count, 3))
    figure = np.clip(ground + away, 0.0, 1.0)
    flat = np.abs(figure - ground).max(1) < 0.5  # clipped away: take the opposite
    figure[flat] = 1 - np.round(ground[flat])
    return ground, figure
