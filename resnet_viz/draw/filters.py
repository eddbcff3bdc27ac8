"""A first layer's filters as pictures: what each looks for in red, green and blue."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

from resnet_viz.draw.tiles import sheet


def filter_colours(weights: npt.NDArray[np.floating]) -> npt.NDArray[np.uint8]:
    """(K, H, W, 3) of filters (K, 3, H, W), each divided by its own largest absolute value: grey is 0, and a filter of zeros.

    >>> filter_colours(np.array([[[[2.0]], [[-2.0]], [[0.0]]]])).tolist()
    [[[[255, 0, 128]]]]
    """
    if weights.ndim != 4 or weights.shape[1] != 3:
        raise ValueError(f"filters must be (K, 3, H, W), got {weights.shape}")
    most = np.abs(weights).max((1, 2, 3), keepdims=True)  # (K, 1, 1, 1)
    unit = weights / np.where(most > 0, most, 1)  # from -1 to 1
    return np.round((unit.transpose(0, 2, 3, 1) + 1) * 127.5).astype(np.uint8)


def filter_sheet(weights: npt.NDArray[np.floating], columns: int, tile: int = 96, gap: int = 4) -> Image.Image:
    """All filters on one sheet, row by row, their numbers as squares."""
    return sheet(list(filter_colours(weights)), columns, tile, gap)
