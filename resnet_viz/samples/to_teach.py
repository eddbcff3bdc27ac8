"""Two sets of pictures with which a network is taught classes of its own: drawings, and pieces of three photographs.

No network that ships was trained on any of these classes. The drawings are made here; colours, size, place and proportions are
random and say nothing about the class. Of each photograph (SOURCES.md) there are sixteen pieces that do not overlap, each
with a brightness and a contrast of its own, so that not their mean tells them apart but what is in them.
"""

from __future__ import annotations

import colorsys
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from resnet_viz.samples import photograph

SIDE = 224
"""Pixels a side of each picture."""
TAUGHT, KEPT = 12, 4
"""Pictures of each class to learn from, and those that are kept to ask about."""
_TILE = 128
_LARGE = 2 * SIDE
"""Drawn at twice the size, then made smaller: soft edges."""

Colour = tuple[int, int, int]
Point = tuple[float, float]


class SetToTeach(NamedTuple):
    """Pictures of a few classes."""

    code: str
    """What a link calls it."""
    classes: tuple[str, ...]
    """Codes of the classes; their names stand in the texts."""
    taught: tuple[tuple[Image.Image, ...], ...]
    """`TAUGHT` a class, square."""
    kept: tuple[tuple[Image.Image, ...], ...]
    """`KEPT` a class."""


SETS = ("photographs", "drawings")


@lru_cache
def set_to_teach(code: str) -> SetToTeach:
    """One of `SETS`. Raises `ValueError` for any other name.

    >>> set_to_teach("drawings").classes
    ('cup', 'flower', 'face')
    """
    if code not in SETS:
        raise ValueError(f"a set to teach is one of {', '.join(SETS)}, got {code!r}")
    classes = tuple(_DRAWN) if code == "drawings" else _PHOTOGRAPHS
    every = [_drawings(name) if code == "drawings" else _pieces(name) for name in classes]
    return SetToTeach(code, classes, tuple(p[:TAUGHT] for p in every), tuple(p[TAUGHT:] for p in every))


# Pieces of photographs

_PHOTOGRAPHS = ("brick", "grass", "gravel")


def _pieces(name: str) -> tuple[Image.Image, ...]:
    random = np.random.default_rng([_PHOTOGRAPHS.index(name), 0x7E])
    whole = np.asarray(photograph(f"textures/{name}").convert("L"), dtype=np.float64)
    tiles = [whole[y : y + _TILE, x : x + _TILE] for y in range(0, 4 * _TILE, _TILE) for x in range(0, 4 * _TILE, _TILE)]
    found = []
    for index in random.permutation(len(tiles)):
        tile = tiles[index]
        lit = (tile - tile.mean()) / tile.std() * random.uniform(30, 55) + random.uniform(90, 160)
        small = Image.fromarray(np.clip(lit, 0, 255).astype(np.uint8)).convert("RGB")
        found.append(small.resize((SIDE, SIDE), Image.Resampling.LANCZOS))
    return tuple(found)


# Drawings


class _Sheet:
    """A coloured ground, and a frame somewhere on it: what is drawn is given in parts of the frame."""

    def __init__(self, random: np.random.Generator, ratio: float) -> None:
        self.random = random
        ends = np.array([self.colour(0.1, 0.6, 0.4), self.colour(0.1, 0.6, 0.4)], dtype=float)  # (2, 3)
        down = np.linspace(0, 1, _LARGE)[:, None, None]
        ground = ends[0] * (1 - down) + ends[1] * down  # (H, 1, 3)
        self.image = Image.fromarray(np.repeat(ground, _LARGE, axis=1).astype(np.uint8))
        self.pen = ImageDraw.Draw(self.image)
        width = random.uniform(0.45, 0.75) * _LARGE
        self.width = width * min(1.0, 0.8 * _LARGE / (width * ratio))
        self.height = self.width * ratio
        self.left = random.uniform(0.05 * _LARGE, 0.95 * _LARGE - self.width)
        self.top = random.uniform(0.05 * _LARGE, 0.95 * _LARGE - self.height)

    def colour(self, pale: float = 0.4, strong: float = 1.0, dark: float = 0.35, light: float = 1.0) -> Colour:
        """Any hue, between these saturations and these values."""
        hue, saturation, value = self.random.uniform(), self.random.uniform(pale, strong), self.random.uniform(dark, light)
        red, green, blue = colorsys.hsv_to_rgb(hue, saturation, value)
        return int(255 * red), int(255 * green), int(255 * blue)

    def at(self, u: float, v: float) -> Point:
        return self.left + u * self.width, self.top + v * self.height

    def disc(self, u: float, v: float, across: float, down: float, colour: Colour) -> None:
        self.pen.ellipse([self.at(u - across, v - down), self.at(u + across, v + down)], colour)

    def area(self, *corners: Point, colour: Colour) -> None:
        self.pen.polygon([self.at(*corner) for corner in corners], colour)


def _cup(random: np.random.Generator) -> Image.Image:
    sheet = _Sheet(random, random.uniform(0.8, 1.1))
    colour, right = sheet.colour(), random.uniform() < 0.5
    left = 0.05 if right else 0.25
    handle = left + (0.5 if right else -0.2)
    sheet.pen.ellipse([sheet.at(handle, 0.25), sheet.at(handle + 0.4, 0.75)], outline=colour, width=24)
    sheet.area((left, 0.05), (left + 0.7, 0.05), (left + 0.62, 1), (left + 0.08, 1), colour=colour)
    sheet.disc(left + 0.35, 0.065, 0.35, 0.065, sheet.colour())
    return sheet.image


def _flower(random: np.random.Generator) -> Image.Image:
    sheet = _Sheet(random, random.uniform(1.1, 1.4))
    petal, middle, count = sheet.colour(), sheet.colour(), int(random.integers(5, 9))
    sheet.area((0.47, 0.3), (0.53, 0.3), (0.53, 1), (0.47, 1), colour=sheet.colour())
    for n in range(count):
        angle = 2 * np.pi * n / count
        sheet.disc(0.5 + 0.25 * np.cos(angle), 0.3 + 0.19 * np.sin(angle), 0.13, 0.1, petal)
    sheet.disc(0.5, 0.3, 0.11, 0.08, middle)
    return sheet.image


def _face(random: np.random.Generator) -> Image.Image:
    sheet = _Sheet(random, 1.0)
    line = sheet.colour(0, 0.5, 0, 0.25)
    sheet.disc(0.5, 0.5, 0.5, 0.5, sheet.colour())
    for u in (0.32, 0.68):
        sheet.disc(u, 0.37, 0.07, 0.07, line)
    sheet.pen.arc([sheet.at(0.25, 0.35), sheet.at(0.75, 0.8)], 20, 160, line, 14)
    return sheet.image


_DRAWN: dict[str, Callable[[np.random.Generator], Image.Image]] = {"cup": _cup, "flower": _flower, "face": _face}


def _drawings(name: str) -> tuple[Image.Image, ...]:
    random = np.random.default_rng([tuple(_DRAWN).index(name), 0xD7])
    large = [_DRAWN[name](random) for _ in range(TAUGHT + KEPT)]
    return tuple(image.resize((SIDE, SIDE), Image.Resampling.LANCZOS) for image in large)
