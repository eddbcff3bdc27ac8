"""Loss surfaces from above, side by side, as one SVG: a square a measured point, on one colour scale."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from resnet_viz.draw.svg import drawing, element, words_at
from resnet_viz.draw.tiles import colours

PANEL, SIDE = 430, 340
"""Width of one surface's panel and of its map."""
_LEFT, _TOP, _HEIGHT = 60, 46, 552
_BAR = 180


class SurfacePanel(NamedTuple):
    """One surface."""

    title: str
    losses: npt.NDArray[np.float64]
    """(side, side), finite; the first row is drawn at the bottom."""


def surface_maps(
    panels: Sequence[SurfacePanel],
    reach: float,
    words: Mapping[str, str],
    note: Sequence[str] = (),
    *,
    log: bool = False,
    own: bool = False,
) -> str:
    """The SVG. Colours run from the lowest loss of all to the highest, evenly in the loss or, with `log`, in its logarithm; with
    `own` each surface has the whole range of colours for itself, and its bar shows them where they are among all losses.
    `note`, a sentence a line, says below how the heights compare.

    `words`: `surfaces_first` and `surfaces_second`, the names of the directions, `surfaces_loss`, and `map_alt` with {title},
    {low} and {high}.
    """
    ends = [(float(p.losses.min()), float(p.losses.max())) for p in panels]
    low, high = min(low for low, _ in ends), max(high for _, high in ends)
    told = " ".join(words["map_alt"].format(title=p.title, low=a, high=b) for p, (a, b) in zip(panels, ends, strict=True))
    scales = ends if own else [(low, high)] * len(panels)
    width = PANEL * len(panels)
    drawn = [
        element("g", *_panel(p, reach, words, _units(p.losses, *scale, log)), transform=f"translate({n * PANEL} 0)")
        for n, (p, scale) in enumerate(zip(panels, scales, strict=True))
    ]
    middles = [(n + 0.5) * PANEL for n in range(len(panels))] if own else [width / 2]
    ground = _HEIGHT - 78
    bars = [_bar(m - _BAR / 2, ground, (low, high), scale, words) for m, scale in zip(middles, scales, strict=False)]
    said = [words_at(width / 2, _HEIGHT - 34 + 22 * n, line, "mid") for n, line in enumerate(note)]
    title = " · ".join(p.title for p in panels)
    return drawing(
        _RAMP,
        *drawn,
        *bars,
        *said,
        size=(width, _HEIGHT),
        alt=told,
        title=title,
        class_="rv file",
    )


def _units(losses: npt.NDArray[np.float64], low: float, high: float, log: bool) -> npt.NDArray[np.intp]:
    """Losses as places in the table of 256 colours."""
    values, a, b = (np.log(losses), math.log(low), math.log(high)) if log else (losses, low, high)
    share = (values - a) / (b - a) if b > a else np.zeros_like(values)
    return np.round(share * 255).astype(np.intp)


def _panel(panel: SurfacePanel, reach: float, words: Mapping[str, str], units: npt.NDArray[np.intp]) -> list[str]:
    table = [f"#{bytes(colour).hex()}" for colour in colours(False)]
    cell = SIDE / len(units)
    squares = [
        element(
            "rect",
            x=round(_LEFT + j * cell, 2),
            y=round(_TOP + SIDE - (i + 1) * cell, 2),
            width=round(cell + 0.3, 2),
            height=round(cell + 0.3, 2),
            fill=table[unit],
        )
        for i, row in enumerate(units)
        for j, unit in enumerate(row)
    ]
    middle = (_LEFT + SIDE / 2, _TOP + SIDE / 2)
    low, high = _LEFT + cell / 2, _LEFT + SIDE - cell / 2
    below = _TOP + SIDE + 20
    return [
        words_at(middle[0], 30, panel.title, "big mid"),
        element("g", *squares, shape_rendering="crispEdges"),
        element("circle", cx=middle[0], cy=middle[1], r=6, fill="none", stroke="#fff", stroke_width=2.5),
        *(words_at(x, below, text, "mid") for x, text in ((low, f"−{reach:g}"), (high, f"{reach:g}"))),
        words_at(middle[0], below + 8, words["surfaces_first"], "mid"),
        element(
            "g", words_at(0, 0, words["surfaces_second"], "mid"), transform=f"translate({_LEFT - 30} {middle[1]}) rotate(-90)"
        ),
        words_at(_LEFT - 18, _TOP + SIDE - cell / 2 + 5, f"−{reach:g}", "mid"),
        words_at(_LEFT - 18, _TOP + cell / 2 + 5, f"{reach:g}", "mid"),
    ]


def _bar(x: float, y: float, whole: tuple[float, float], own: tuple[float, float], words: Mapping[str, str]) -> str:
    """A line for all losses with its two ends, and on it in colours those between `own`, with these two ends above."""
    low, high = whole
    places = [(end - low) / (high - low) if high > low else place for end, place in zip(own, (0.0, 1.0), strict=True)]
    wide = max(4.0, (places[1] - places[0]) * _BAR)
    left = x + min(places[0] * _BAR, _BAR - wide)
    middle = min(max(left + wide / 2, x + 40), x + _BAR - 40)
    return (
        element("path", d=f"M{x} {y + 16}h{_BAR}", stroke="currentColor", stroke_width=2)
        + element("rect", x=round(left, 2), y=y, width=round(wide, 2), height=14, fill="url(#losses)")
        + element("text", escape(f"{words['surfaces_loss']} {low:.2f}"), x=x - 10, y=y + 14, text_anchor="end")
        + words_at(x + _BAR + 10, y + 14, f"{high:.2f}")
        + (words_at(middle, y - 8, f"{own[0]:.2f} – {own[1]:.2f}", "mid") if own != whole else "")
    )


_RAMP = element(
    "linearGradient",
    *(element("stop", offset=f"{n / 8:.3f}", stop_color=f"#{bytes(colours(False)[min(255, n * 32)]).hex()}") for n in range(9)),
    id="losses",
)
