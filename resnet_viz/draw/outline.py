"""The outline of a cloud of points: what lies within a small distance of any of them, with rounded corners.

Gaps narrower than twice a few cells are closed, so that a cloud is one area and not an archipelago.

More points never make it smaller: each step (mark the cells, widen, narrow, blur, cut at one half) grows with the cells that
are marked. So the outline of a set lies within that of any larger set, which a projection or a hull of samples would not promise.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Loop = list[tuple[float, float]]

CELLS = 180
"""Cells a side of the raster."""
REACH = 1.8
"""The raster spans −REACH to REACH; points outside are left out."""
_WIDEN = 4
_CLOSE = 6  # wider by so much more, and narrower by it again
_BLUR = 5


def field(points: Floats) -> Floats:
    """(CELLS, CELLS), row y, column x: from 0 far from all points (N, 2) to 1 amid them."""
    cells = np.floor((points / REACH + 1) / 2 * CELLS).astype(int)
    cells = cells[((cells >= 0) & (cells < CELLS)).all(1)]
    marked = np.zeros((CELLS, CELLS))
    marked[cells[:, 1], cells[:, 0]] = 1
    wide = _widened(np.pad(marked, _CLOSE), _WIDEN + _CLOSE)
    wide = 1 - _widened(1 - wide, _CLOSE)
    wide = wide[_CLOSE:-_CLOSE, _CLOSE:-_CLOSE]
    for _ in range(_BLUR):
        around = np.pad(wide, 1)
        across = around[:, :-2] + 2 * around[:, 1:-1] + around[:, 2:]
        wide = (across[:-2] + 2 * across[1:-1] + across[2:]) / 16
    return wide


def _widened(marked: Floats, by: int) -> Floats:
    """Each marked cell (1) of a raster becomes a disc of this radius, in cells."""
    side = len(marked)
    around, wide = np.pad(marked, by), np.zeros_like(marked)
    for i in range(2 * by + 1):
        for j in range(2 * by + 1):
            if (i - by) ** 2 + (j - by) ** 2 <= by**2 + 1:
                np.maximum(wide, around[i : i + side, j : j + side], out=wide)
    return wide


def outline(points: Floats) -> list[Loop]:
    """Closed loops around the points (N, 2), in their own coordinates. A loop within a loop is a hole."""
    return loops(field(points))


def loops(values: Floats, level: float = 0.5) -> list[Loop]:
    """The lines on which a raster passes `level`, by marching squares; the raster's rim counts as below it."""
    side = len(values)
    padded = np.zeros((side + 2, side + 2))
    padded[1:-1, 1:-1] = values
    inside = padded > level
    corners = inside[:-1, :-1] * 1 + inside[:-1, 1:] * 2 + inside[1:, 1:] * 4 + inside[1:, :-1] * 8
    onward: dict[tuple[int, int, int], tuple[int, int, int]] = {}
    for y, x in np.argwhere((corners > 0) & (corners < 15)).tolist():
        # a cell's edges by number, each named by its (axis, y, x): neighbours know it by the same name
        edges = ((0, y, x), (1, y, x + 1), (0, y + 1, x), (1, y, x))
        for one, other in _CROSSINGS[int(corners[y, x])]:
            onward[edges[one]] = edges[other]

    def point(edge: tuple[int, int, int]) -> tuple[float, float]:
        axis, y, x = edge
        here, there = padded[y, x], padded[y + axis, x + 1 - axis]
        part = float((level - here) / (there - here))
        scale = 2 * REACH / side
        return (x - 0.5 + (0 if axis else part)) * scale - REACH, (y - 0.5 + (part if axis else 0)) * scale - REACH

    found: list[Loop] = []
    while onward:
        start, edge = onward.popitem()
        loop = [point(start)]
        while edge != start:
            loop.append(point(edge))
            edge = onward.pop(edge)
        found.append(loop)
    return found


_CROSSINGS: dict[int, tuple[tuple[int, int], ...]] = {  # corners that are inside → from edge to edge, the inside on one hand
    1: ((3, 0),), 2: ((0, 1),), 3: ((3, 1),), 4: ((1, 2),), 5: ((3, 0), (1, 2)), 6: ((0, 2),), 7: ((3, 2),),
    8: ((2, 3),), 9: ((2, 0),), 10: ((0, 1), (2, 3)), 11: ((2, 1),), 12: ((1, 3),), 13: ((1, 0),), 14: ((0, 3),),
}  # fmt: skip
