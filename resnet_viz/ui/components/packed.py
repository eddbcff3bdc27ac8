"""Whole numbers on a grid, made small for the way to a browser without losing one: `shared/packed.js` reads them.

Each number is sent as how far it is from what its neighbours foretell (Weinberger et al. 2000, LOCO-I, §II.B), the four bytes of
all of them apart, deflated. What is smooth becomes small: a photograph a third of its bytes, maps of three decimals a third of
what they are as float32.
"""

from __future__ import annotations

import math
import zlib
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]
_WRITTEN = 3  # decimals
_DIGITS = 9  # that fit into 32 bits
_SEEN = 4  # digits that a map has at least


def packed(*grids: Integers) -> Bytes:
    """Some (planes, height, width) as bytes."""
    return np.frombuffer(_packed(*((grid.shape, np.asarray(grid, np.int32).tobytes()) for grid in grids)), np.uint8)


@lru_cache(maxsize=64)
def _packed(*grids: tuple[tuple[int, ...], bytes]) -> bytes:
    """To pack a picture takes 50 to 100 ms, and the same few are sent in every run of a page; each is a megabyte at most."""
    far = np.concatenate([_far(np.frombuffer(numbers, np.int32).reshape(shape)).ravel() for shape, numbers in grids])
    folded = ((far << 1) ^ (far >> 31)).view(np.uint8)  # 0, -1, 1, -2, … become 0, 1, 2, 3, …
    return zlib.compress(folded.reshape(-1, 4).T.tobytes(), 9)


def _far(grid: Integers) -> Integers:
    """How far each number is from what the ones to its left, above it and between them foretell; round after 32 bits."""
    filled = np.pad(grid, ((0, 0), (1, 0), (1, 0)))
    left, above, between = filled[:, 1:, :-1], filled[:, :-1, 1:], filled[:, :-1, :-1]
    low, high = np.minimum(left, above), np.maximum(left, above)
    foretold = np.where(between >= high, low, np.where(between <= low, high, left + above - between))
    return np.asarray(grid - foretold, dtype=np.int32)


def colour_planes(picture: Bytes) -> Integers:
    """(3, S, S) of a picture (S, S, 3): green, and how far red and blue are from it."""
    red, green, blue = np.moveaxis(picture.astype(np.int32), 2, 0)
    return np.stack([green, red - green, blue - green])


def decimals(largest: float) -> int:
    """How many decimals are kept of numbers up to `largest`: three, which is what a page writes; more where all are small, so
    that their map still has a thousand shades; fewer beyond what float32 knows.

    >>> decimals(3.2), decimals(0.004), decimals(5e7), decimals(0)
    (3, 6, 1, 3)
    """
    if not largest:
        return _WRITTEN
    size = math.floor(math.log10(largest)) + 1  # digits before the point
    return min(max(_WRITTEN, _SEEN - size), _DIGITS - size)
