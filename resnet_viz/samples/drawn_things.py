"""Drawings of things that the network for photographs knows: made here, so that whoever has no photograph can begin at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from PIL import Image

from resnet_viz.samples.drawn_animals import english_springer, tench
from resnet_viz.samples.sheet import SIDE, Point, Sheet, fade, grid, outdoors, with_grain

_DARK, _PALE, _RED = (38, 40, 44), (240, 240, 236), (196, 40, 36)
_GRASS, _ROAD = (78, 124, 52), (108, 108, 110)

_BALL = (0.5, 0.52, 0.27)
"""Middle and radius."""
_DIMPLE = 0.074
"""A dimple's radius, where the ball's is 1."""


def _spread(count: int) -> npt.NDArray[np.floating]:
    """(count, 3): directions that are spread evenly over a sphere, along a spiral of the golden angle."""
    turn, height = np.pi * (1 + 5**0.5) * np.arange(count), 1 - 2 * (np.arange(count) + 0.5) / count
    round_it = np.sqrt(1 - height**2)
    return np.stack([np.cos(turn) * round_it, height, np.sin(turn) * round_it], -1)


def _press(normal: npt.NDArray[np.floating], spot: npt.NDArray[np.floating]) -> None:
    """A dimple in the ball: the normals (H, W, 3) around this spot lean towards its middle."""
    left, top = ((middle + (at - _DIMPLE) * _BALL[2]) * SIDE for middle, at in zip(_BALL, spot[:2], strict=False))
    wide = int(2 * _DIMPLE * _BALL[2] * SIDE) + 2
    near = normal[int(top) : int(top) + wide, int(left) : int(left) + wide]
    away = (near - spot) / _DIMPLE
    far = np.linalg.norm(away, axis=-1, keepdims=True)
    near -= np.where(far < 1, 0.225 * away * (1 - far**2), 0)


def _golf_ball() -> Sheet:
    """A sphere lit from the upper left, with dimples that are spread evenly over it."""
    y, x = grid()
    u, v = (x - _BALL[0]) / _BALL[2], (y - _BALL[1]) / _BALL[2]
    on = np.clip((1 - np.hypot(u, v)) * _BALL[2] * SIDE, 0, 1)[..., None]  # less than all of a pixel at the rim
    w = np.sqrt(np.clip(1 - u**2 - v**2, 0, 1))
    normal = np.stack([u, v, w], -1)  # (H, W, 3)
    for spot in _spread(420):
        if spot[2] > -0.1:
            _press(normal, spot)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    light = np.array([-0.45, -0.65, 0.62])
    lit = np.clip(normal @ light, 0, 1)
    ground = with_grain(with_grain(fade((96, 150, 62), (58, 108, 36)), 14, 2), 8, 8)
    shadow = np.clip(1.2 - np.hypot((x - 0.58) / 0.27, (y - 0.77) / 0.07), 0, 1)[..., None]
    return Sheet(on * (62 + 190 * lit[..., None]) + (1 - on) * ground * (1 - 0.6 * shadow))


def _parachute() -> Sheet:
    sheet = outdoors(1, _GRASS)
    left, right, edge, top = 0.16, 0.84, 0.42, 0.12
    gores, hangs = 9, (0.5, 0.78)

    def arc(foot: float) -> list[Point]:
        """From the top of the canopy down to this place on its edge."""
        bow = np.linspace(0, np.pi / 2)
        across, down = 0.5 + (foot - 0.5) * np.sin(bow), edge - (edge - top) * np.cos(bow)
        return [*zip(across.tolist(), down.tolist(), strict=True)]

    feet = [left + (right - left) * n / gores for n in range(gores + 1)]
    for foot in feet:
        sheet.line([(foot, edge), hangs], (70, 74, 84), 0.0025)
    for n in range(gores):
        colour = _RED if n % 2 == 0 else _PALE
        shade = 1 - 0.32 * n / gores
        one, other = arc(feet[n]), arc(feet[n + 1])
        sheet.area([*one, *other[::-1]], (int(colour[0] * shade), int(colour[1] * shade), int(colour[2] * shade)))
    sheet.disc(hangs[0], hangs[1] - 0.005, 0.017, (204, 160, 130))
    sheet.box(0.476, 0.79, 0.524, 0.87, (44, 62, 96), 0.012)
    for foot in (0.482, 0.518):
        sheet.line([(foot, 0.86), (foot + (foot - 0.5) * 0.4, 0.94)], _DARK, 0.014)
        sheet.line([(foot, 0.8), (0.5 + (foot - 0.5) * 2.6, 0.75)], (44, 62, 96), 0.011)
    return sheet


def _church() -> Sheet:
    sheet = outdoors(0.8, _GRASS)
    for x, size in ((0.05, 0.11), (0.93, 0.13)):
        sheet.disc(x, 0.72, size, (52, 88, 44), size * 1.2)
    sheet.soften(0.004)
    wall, side, roof, stone = (226, 218, 200), (190, 182, 166), (112, 66, 52), (150, 142, 128)
    sheet.box(0.42, 0.52, 0.88, 0.86, side)  # nave
    sheet.area([(0.4, 0.53), (0.5, 0.34), (0.84, 0.34), (0.9, 0.53)], roof)
    for x in (0.52, 0.64, 0.76):
        sheet.disc(x + 0.025, 0.63, 0.025, _DARK)
        sheet.box(x, 0.63, x + 0.05, 0.76, _DARK)
    sheet.box(0.2, 0.36, 0.42, 0.86, wall)  # tower
    sheet.area([(0.18, 0.37), (0.31, 0.08), (0.44, 0.37)], roof)
    sheet.line([(0.31, 0.02), (0.31, 0.1)], _DARK, 0.008)
    sheet.line([(0.288, 0.045), (0.332, 0.045)], _DARK, 0.008)
    sheet.rings(0.31, 0.46, (0.038, stone), (0.03, _PALE))
    sheet.line([(0.31, 0.46), (0.31, 0.437)], _DARK, 0.005)
    sheet.line([(0.31, 0.46), (0.325, 0.468)], _DARK, 0.005)
    sheet.disc(0.31, 0.57, 0.026, _DARK)
    sheet.box(0.284, 0.57, 0.336, 0.64, _DARK)
    sheet.disc(0.31, 0.75, 0.045, (86, 54, 40))
    sheet.box(0.265, 0.75, 0.355, 0.86, (86, 54, 40))
    sheet.box(0.19, 0.845, 0.89, 0.87, stone)
    return sheet


def _gas_pump() -> Sheet:
    sheet = outdoors(0.72, _ROAD)
    sheet.box(0, 0.0, 1, 0.1, (214, 60, 48))  # the roof of the filling station
    sheet.box(0, 0.1, 1, 0.125, _PALE)
    sheet.box(0.08, 0.12, 0.13, 0.76, (180, 182, 186))
    sheet.soften(0.005)
    sheet.box(0.22, 0.86, 0.8, 0.92, (170, 170, 166))
    sheet.box(0.3, 0.2, 0.64, 0.88, _RED, 0.02)
    sheet.box(0.3, 0.2, 0.64, 0.28, _PALE, 0.02)
    sheet.box(0.34, 0.32, 0.6, 0.5, (226, 228, 226), 0.01)
    for y in (0.345, 0.405):
        sheet.box(0.37, y, 0.57, y + 0.045, _DARK)
        for n in range(5):
            sheet.box(0.385 + 0.036 * n, y + 0.008, 0.405 + 0.036 * n, y + 0.037, (232, 196, 84))
    for n in range(3):
        sheet.box(0.35 + 0.085 * n, 0.54, 0.42 + 0.085 * n, 0.6, (236, 206, 72), 0.006)
    sheet.box(0.34, 0.66, 0.6, 0.84, (150, 28, 28))
    sheet.line([(0.66, 0.34), (0.78, 0.3), (0.83, 0.45), (0.82, 0.66), (0.74, 0.78), (0.66, 0.72)], _DARK, 0.022)
    sheet.box(0.63, 0.3, 0.7, 0.5, (60, 62, 66), 0.012)
    sheet.line([(0.665, 0.33), (0.665, 0.26), (0.7, 0.22)], (90, 92, 96), 0.02)
    return sheet


def _cassette_player() -> Sheet:
    sheet = Sheet(with_grain(fade((206, 196, 182), (150, 112, 78)), 3, 2))
    body, metal = (70, 72, 78), (172, 174, 178)
    sheet.box(0.18, 0.2, 0.82, 0.24, metal, 0.02)  # handle
    for x in (0.18, 0.79):
        sheet.box(x, 0.2, x + 0.03, 0.36, metal, 0.01)
    sheet.box(0.07, 0.32, 0.93, 0.78, _DARK, 0.03)
    sheet.box(0.08, 0.325, 0.92, 0.76, body, 0.03)
    sheet.box(0.1, 0.345, 0.9, 0.42, metal, 0.008)
    sheet.box(0.13, 0.365, 0.6, 0.4, _PALE)
    for n in range(24):
        sheet.line([(0.14 + 0.0195 * n, 0.37), (0.14 + 0.0195 * n, 0.38 + 0.01 * (n % 4 == 0))], _DARK, 0.002)
    sheet.box(0.4, 0.362, 0.406, 0.403, _RED)
    sheet.rings(0.82, 0.383, (0.028, _DARK), (0.022, (210, 212, 214)))
    for x in (0.225, 0.775):
        sheet.rings(x, 0.59, (0.125, metal), (0.115, _DARK), (0.1, (54, 56, 60)), (0.075, (38, 38, 42)), (0.035, (96, 98, 104)))
    sheet.box(0.365, 0.46, 0.635, 0.65, metal, 0.008)
    sheet.box(0.378, 0.472, 0.622, 0.638, (30, 30, 34))
    sheet.box(0.395, 0.49, 0.605, 0.62, (216, 210, 190), 0.006)  # the cassette
    sheet.box(0.41, 0.5, 0.59, 0.53, _RED)
    sheet.box(0.43, 0.545, 0.57, 0.59, _DARK)
    for x in (0.455, 0.545):
        sheet.rings(x, 0.5675, (0.02, _PALE), (0.01, _DARK))
    for n in range(6):
        sheet.box(0.37 + 0.045 * n, 0.68, 0.408 + 0.045 * n, 0.73, _PALE if n else _RED, 0.005)
    return sheet


def _garbage_truck() -> Sheet:
    sheet = outdoors(0.7, _ROAD)
    sheet.box(0, 0.58, 1, 0.71, (104, 132, 92))
    sheet.soften(0.006)
    green, dark = (50, 122, 74), (36, 92, 56)
    sheet.box(0.1, 0.72, 0.94, 0.76, _DARK)
    sheet.area([(0.2, 0.3), (0.66, 0.3), (0.66, 0.72), (0.2, 0.72)], green)
    for x in (0.28, 0.36, 0.44, 0.52, 0.6):
        sheet.box(x, 0.31, x + 0.012, 0.71, dark)
    sheet.area([(0.2, 0.3), (0.12, 0.34), (0.04, 0.52), (0.04, 0.7), (0.2, 0.72)], dark)
    sheet.area([(0.06, 0.54), (0.15, 0.52), (0.15, 0.66), (0.06, 0.66)], _DARK)
    sheet.box(0.03, 0.68, 0.2, 0.72, (232, 180, 40))
    sheet.area([(0.68, 0.38), (0.86, 0.38), (0.93, 0.54), (0.95, 0.72), (0.68, 0.72)], _PALE)
    sheet.area([(0.76, 0.42), (0.85, 0.42), (0.905, 0.54), (0.76, 0.54)], (70, 92, 110))
    sheet.line([(0.74, 0.4), (0.74, 0.71)], (170, 172, 170), 0.004)
    sheet.box(0.93, 0.64, 0.965, 0.76, (60, 62, 64))
    sheet.disc(0.935, 0.61, 0.016, (236, 220, 150))
    sheet.box(0.78, 0.35, 0.82, 0.38, (240, 150, 30), 0.01)
    for x in (0.2, 0.34, 0.82):
        sheet.rings(x, 0.78, (0.075, (26, 26, 28)), (0.042, (176, 178, 180)), (0.016, (70, 72, 74)))
    return sheet


def _chain_saw() -> Sheet:
    """On planks."""
    y, x = grid()
    planks = fade((162, 126, 88), (124, 92, 60)) + (9 * np.sin(60 * x + 3 * np.sin(7 * y)) - 40 * (x % 0.25 < 0.008))[..., None]
    sheet = Sheet(with_grain(planks, 7, 2))
    orange, shade, metal = (232, 96, 28), (176, 64, 18), (178, 182, 186)
    sheet.area(
        [(0.5, 0.5), (0.9, 0.475), (0.94, 0.485), (0.955, 0.515), (0.94, 0.545), (0.9, 0.555), (0.5, 0.58)], _DARK
    )  # chain
    for n in range(20):
        x0, up = 0.5 + 0.021 * n, 0.00125 * n
        sheet.area([(x0, 0.502 - up), (x0 + 0.008, 0.484 - up), (x0 + 0.014, 0.502 - up)], (70, 72, 74))
        sheet.area([(x0, 0.577 - up), (x0 + 0.006, 0.595 - up), (x0 + 0.014, 0.577 - up)], (70, 72, 74))
    sheet.area([(0.5, 0.512), (0.9, 0.488), (0.928, 0.495), (0.94, 0.515), (0.928, 0.535), (0.9, 0.543), (0.5, 0.568)], metal)
    sheet.line([(0.6, 0.536), (0.86, 0.516)], (120, 124, 128), 0.006)
    sheet.line([(0.3, 0.44), (0.14, 0.46), (0.08, 0.54), (0.1, 0.62), (0.3, 0.63)], _DARK, 0.045)  # the handle behind
    body = [(0.24, 0.4), (0.5, 0.38), (0.56, 0.44), (0.57, 0.6), (0.53, 0.65), (0.24, 0.66), (0.21, 0.6), (0.21, 0.46)]
    sheet.area(body, orange)
    sheet.area([(0.24, 0.58), *body[3:7]], shade)
    sheet.area([(0.26, 0.41), (0.49, 0.39), (0.53, 0.44), (0.25, 0.46)], (248, 140, 70))
    sheet.disc(0.33, 0.545, 0.075, _DARK)
    for n in range(5):
        sheet.line([(0.28, 0.515 + 0.016 * n), (0.38, 0.515 + 0.016 * n)], (90, 92, 94), 0.006)
    sheet.box(0.43, 0.49, 0.54, 0.6, (60, 62, 64), 0.01)
    for at in (0.46, 0.51):
        sheet.rings(at, 0.545, (0.014, metal), (0.007, _DARK))
    sheet.line([(0.36, 0.42), (0.37, 0.28), (0.42, 0.24), (0.5, 0.26), (0.53, 0.42)], _DARK, 0.032)  # the one above
    sheet.line([(0.57, 0.46), (0.6, 0.3), (0.58, 0.27)], (30, 32, 34), 0.03)
    return sheet


_THINGS: dict[str, Callable[[], Sheet]] = {
    "golf-ball": _golf_ball,
    "parachute": _parachute,
    "church": _church,
    "gas-pump": _gas_pump,
    "cassette-player": _cassette_player,
    "garbage-truck": _garbage_truck,
    "chain-saw": _chain_saw,
    "tench": tench,
    "english-springer": english_springer,
}
THINGS = tuple(_THINGS)


def drawn_thing(code: str) -> Image.Image:
    """One of `THINGS`, square, in RGB. Raises `KeyError` for anything else."""
    return _THINGS[code]().small()
