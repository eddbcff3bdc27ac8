"""How much of a first layer's filter is colour, and how much light and dark."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def colour_share(weights: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """(K,) of filters (K, 3, H, W): the share of a filter's squares that is left without the mean of its three colours.

    0: the filter treats red, green and blue alike. 1: it only compares them. A filter of zeros counts as 0.

    >>> colour_share(np.array([[[[1.0]], [[1.0]], [[1.0]]], [[[1.0]], [[-1.0]], [[0.0]]]])).tolist()
    [0.0, 1.0]
    """
    all_of_it = (weights**2).sum((1, 2, 3))  # (K,)
    colour = ((weights - weights.mean(1, keepdims=True)) ** 2).sum((1, 2, 3))
    share: npt.NDArray[np.floating] = colour / np.where(all_of_it > 0, all_of_it, 1)
    return share
