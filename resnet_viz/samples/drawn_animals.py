"""The two animals among what the network for photographs knows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from resnet_viz.samples.sheet import SIDE, Colour, Point, Sheet, grid, meadow, mirrored, rounded, with_grain

_FIN, _RAY = (58, 54, 34), (126, 112, 62)
_LIVER, _LIVER_DARK = (132, 78, 48), (66, 34, 20)
_WHITE, _WHITE_DARK = (252, 250, 246), (206, 200, 192)
_LINE = (70, 48, 42)

_FISH: tuple[Point, ...] = (
    *((0.06, 0.53), (0.12, 0.45), (0.22, 0.385), (0.36, 0.34), (0.5, 0.335), (0.64, 0.37), (0.76, 0.43), (0.84, 0.46)),
    *((0.85, 0.57), (0.77, 0.6), (0.66, 0.66), (0.52, 0.71), (0.36, 0.72), (0.22, 0.67), (0.12, 0.6)),
)
_FINS: tuple[tuple[Point, tuple[Point, ...]], ...] = (
    (
        (0.78, 0.515),
        (
            (0.82, 0.46),
            (0.9, 0.4),
            (0.965, 0.37),
            (0.975, 0.46),
            (0.95, 0.52),
            (0.975, 0.6),
            (0.965, 0.67),
            (0.9, 0.63),
            (0.82, 0.57),
        ),
    ),
    ((0.53, 0.48), ((0.44, 0.36), (0.47, 0.25), (0.53, 0.215), (0.6, 0.25), (0.64, 0.32), (0.62, 0.38), (0.5, 0.37))),
    ((0.44, 0.6), ((0.42, 0.69), (0.42, 0.78), (0.47, 0.83), (0.53, 0.81), (0.54, 0.74), (0.5, 0.69))),
    ((0.66, 0.56), ((0.66, 0.645), (0.67, 0.73), (0.72, 0.78), (0.77, 0.74), (0.77, 0.64), (0.74, 0.6))),
)
"""Where the rays of each come from, and its outline."""
_BREAST_FIN = ((0.24, 0.6), ((0.28, 0.6), (0.34, 0.6), (0.41, 0.645), (0.4, 0.69), (0.34, 0.69), (0.28, 0.64)))


def tench() -> Sheet:
    """A fish that lies in the grass, as whoever has caught one photographs it."""
    sheet = meadow((98, 142, 66), (70, 118, 44))
    for root, outline in _FINS:
        _fin(sheet, root, outline)
    body = rounded(_FISH)
    sheet.paint(body, _scales(body))
    sheet.line([(0.245, 0.43), (0.275, 0.49), (0.28, 0.56), (0.255, 0.64)], (66, 62, 28), 0.008)  # gill
    sheet.line([(0.235, 0.44), (0.263, 0.49), (0.268, 0.56), (0.245, 0.63)], (170, 150, 80), 0.004)
    sheet.line([(0.062, 0.545), (0.095, 0.565), (0.115, 0.585)], (60, 48, 30), 0.007)  # mouth and barbel
    sheet.line([(0.085, 0.58), (0.09, 0.6)], (120, 100, 50), 0.006)
    sheet.rings(0.155, 0.495, (0.021, (60, 54, 26)), (0.017, (206, 84, 32)), (0.009, (14, 14, 12)))
    sheet.disc(0.151, 0.491, 0.003, (250, 250, 250))
    _fin(sheet, *_BREAST_FIN)
    return sheet


def _fin(sheet: Sheet, root: Point, outline: tuple[Point, ...]) -> None:
    """Skin between rays that spread from their root."""
    curve = rounded(outline)
    sheet.area(curve, _FIN)
    for x, y in curve[::3]:
        near = (root[0] + 0.35 * (x - root[0]), root[1] + 0.35 * (y - root[1]))
        sheet.line([near, (x, y)], _RAY, 0.003)


def _scales(body: list[Point]) -> npt.NDArray[np.floating]:
    """(H, W, 3): dark above, golden below, a gleam between, and rows of small scales."""
    y, x = grid()
    places = np.asarray(body)
    edges = [np.zeros(SIDE), np.ones(SIDE)]
    for n, half in enumerate((places[places[:, 1] < 0.53], places[places[:, 1] >= 0.53])):
        ordered = half[np.argsort(half[:, 0])]
        edges[n] = np.interp(x[0], ordered[:, 0], ordered[:, 1])
    height = np.clip((y - edges[0]) / np.maximum(edges[1] - edges[0], 0.02), 0, 1)  # 0 at the back, 1 at the belly
    back, belly = np.array((74.0, 78.0, 34.0)), np.array((184.0, 160.0, 72.0))
    colours = back + (belly - back) * np.clip((height - 0.1) / 0.75, 0, 1)[..., None] ** 1.3
    colours *= (0.62 + 0.5 * np.sin(np.pi * np.clip(height * 0.9 + 0.12, 0, 1)))[..., None]
    row = np.floor(y * SIDE / 4)
    from_middle = np.hypot((x * SIDE / 8 + row % 2 / 2) % 1 - 0.3, 0.8 * ((y * SIDE / 4) % 1 - 0.5))
    colours *= 1 + 0.2 * np.clip(0.45 - from_middle, -0.3, 0.45)[..., None]
    return with_grain(colours + 42 * np.exp(-(((height - 0.3) / 0.09) ** 2))[..., None], 5, 1)


_CHEST = ((0.32, 0.68), (0.22, 0.82), (0.17, 1.03), (0.5, 1.08), (0.83, 1.03), (0.78, 0.82), (0.68, 0.68), (0.5, 0.62))
_SHOULDER = ((0.24, 0.8), (0.14, 0.92), (0.1, 1.05), (0.27, 1.05), (0.3, 0.9))
_SKULL = ((0.5, 0.125), (0.38, 0.14), (0.29, 0.2), (0.265, 0.32), (0.28, 0.44), (0.33, 0.53), (0.37, 0.6), (0.42, 0.65))
_BLAZE = ((0.5, 0.12), (0.465, 0.15), (0.46, 0.25), (0.455, 0.36), (0.43, 0.44), (0.375, 0.52), (0.365, 0.6), (0.4, 0.69))
_EAR: tuple[Point, ...] = (
    *((0.315, 0.2), (0.24, 0.215), (0.175, 0.3), (0.125, 0.44), (0.1, 0.58), (0.125, 0.7), (0.175, 0.745), (0.235, 0.7)),
    *((0.265, 0.58), (0.275, 0.44), (0.3, 0.33)),
)
_NOSE = ((0.5, 0.535), (0.455, 0.54), (0.432, 0.565), (0.445, 0.6), (0.475, 0.62), (0.5, 0.632))


def english_springer() -> Sheet:
    """The face of a dog, brown and white, with hanging ears."""
    sheet = meadow((104, 150, 74), (70, 116, 48))
    sheet.soften(0.006)
    _fur(sheet, rounded(_CHEST), 2200, 0.06, _WHITE, _WHITE_DARK, (0.6, 0, 1, 0))
    for sided in (list, mirrored):
        _fur(sheet, rounded(sided(_SHOULDER)), 600, 0.055, _LIVER, _LIVER_DARK, (0.6, 0, 1, 0))
    _fur(sheet, rounded(_symmetric(_SKULL, 0.68)), 3000, 0.03, _LIVER, _LIVER_DARK, (1.6, 0, 1, -0.3))
    _fur(sheet, rounded(_symmetric(_BLAZE, 0.735)), 2000, 0.026, _WHITE, _WHITE_DARK, (2.2, 0, 1.4, -0.44))
    for sided in (list, mirrored):
        _fur(sheet, rounded(sided(_EAR)), 1800, 0.055, _LIVER, _LIVER_DARK, (0.4, 0.25, 1, 0))
        sheet.line(sided([(0.305, 0.26), (0.297, 0.36), (0.284, 0.46), (0.27, 0.6)]), (44, 22, 14), 0.006)
    for x in (0.388, 0.612):
        _eye(sheet, x, 0.375)
    _snout(sheet)
    return sheet


def _symmetric(left: tuple[Point, ...], foot: float) -> list[Point]:
    """An outline whose first place is at the top of the middle, down its left side, by a foot in the middle, and up again."""
    return [*left, (0.5, foot), *mirrored(left[:0:-1])]


def _fur(
    sheet: Sheet,
    outline: list[Point],
    count: int,
    length: float,
    light: Colour,
    dark: Colour,
    lies: tuple[float, float, float, float],
) -> None:
    """`lies`: how much hairs lie outwards, wave, and lie downwards, with that from which on they do."""
    outwards, waves, down, begin = lies
    sheet.area(outline, (light[0] // 2 + dark[0] // 2, light[1] // 2 + dark[1] // 2, light[2] // 2 + dark[2] // 2))
    sheet.hairs(
        outline,
        count,
        length,
        lambda x, y: ((x - 0.5) * outwards + waves * np.cos(26 * y), down * (y + begin if begin else 1)),
        light,
        dark,
    )


def _eye(sheet: Sheet, x: float, y: float) -> None:
    sheet.disc(x, y, 0.044, (40, 20, 14), 0.036)
    sheet.disc(x, y, 0.034, (96, 52, 22), 0.031)
    sheet.disc(x, y, 0.019, (12, 8, 8))
    sheet.disc(x - 0.009, y - 0.011, 0.008, (245, 245, 245))
    sheet.line(
        [(x - 0.044, y - 0.002), (x - 0.02, y - 0.033), (x + 0.02, y - 0.033), (x + 0.044, y - 0.002)], (34, 18, 12), 0.007
    )


def _snout(sheet: Sheet) -> None:
    """Nose, mouth and freckles."""
    sheet.area(rounded([*_NOSE, *mirrored(_NOSE[-2:0:-1])]), (52, 30, 24))
    sheet.disc(0.5, 0.556, 0.035, (96, 66, 56), 0.009)
    sheet.line([(0.5, 0.63), (0.5, 0.665)], _LINE, 0.005)
    for sided in (list, mirrored):
        sheet.disc(*sided([(0.47, 0.587)])[0], 0.014, (16, 8, 8), 0.011)
        sheet.line(sided([(0.5, 0.665), (0.455, 0.69), (0.41, 0.68), (0.382, 0.645)]), _LINE, 0.006)
        for n in range(20):
            place = (0.395 + 0.05 * (n * 0.618 % 1), 0.53 + 0.13 * n / 20)
            sheet.disc(*sided([place])[0], 0.002 + 0.0025 * (n * 0.37 % 1), (120, 78, 56))
