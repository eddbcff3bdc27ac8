"""A learned matrix of a 1×1 convolution: the order of its rows, its singular values, and its effective rank."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from resnet_viz.probes.mixing import Floats


def similarity_order(rows: Floats) -> npt.NDArray[np.intp]:
    """An order of (K, C) rows in which like follows like: from the longest row on, always the nearest by cosine that is left."""
    norms = np.linalg.norm(rows, axis=1)  # (K,)
    unit = rows / np.where(norms > 0, norms, 1)[:, None]
    cosine = unit @ unit.T  # (K, K)
    order = [int(norms.argmax())]
    left = np.ones(len(rows), dtype=bool)
    left[order] = False
    while left.any():
        order.append(int(np.where(left, cosine[order[-1]], -np.inf).argmax()))
        left[order[-1]] = False
    return np.array(order, dtype=np.intp)


def singular_values(matrix: Floats) -> npt.NDArray[np.float64]:
    """Largest first; their squares add up to the squared Frobenius norm."""
    import torch

    values: npt.NDArray[np.float64] = torch.linalg.svdvals(torch.from_numpy(np.asarray(matrix, dtype=np.float64))).numpy()
    return values


def random_singular_values(shape: tuple[int, int], norm: float) -> npt.NDArray[np.float64]:
    """Those of a matrix of independent normal numbers (seed 0), scaled to the Frobenius norm `norm`."""
    matrix = np.random.default_rng(0).standard_normal(shape)
    return singular_values(matrix * (norm / np.linalg.norm(matrix)))


def effective_rank(singular: Floats) -> float:
    """exp of the entropy of σ / Σσ (Roy and Vetterli 2007): between 1 and the number of singular values.

    >>> round(effective_rank(np.ones(5)), 6), round(effective_rank(np.array([3.0, 0.0])), 6)
    (5.0, 1.0)
    """
    part = singular[singular > 0] / singular.sum()
    return float(np.exp(-(part * np.log(part)).sum()))


def directions_for(singular: Floats, share: float) -> int:
    """How many of the largest singular values carry this share of the squared norm."""
    squares = np.cumsum(singular**2)
    return int(np.searchsorted(squares, share * squares[-1] * (1 - 1e-12)) + 1)
