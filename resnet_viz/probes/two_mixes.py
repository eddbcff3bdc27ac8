"""Two 1×1 convolutions in a row, with and without a ReLU between: independent maps, and whether sums stay sums."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from resnet_viz.probes.mixing import Floats

WIDTH = 16
"""Channels after each of the two."""
ZERO = 1e-5
"""Singular values below this part of the largest are rounding."""


class TwoMixes(NamedTuple):
    """What (C, N) pixels become, C → 16 → 16."""

    relu: bool
    """Whether a ReLU stands between the two."""
    singular: npt.NDArray[np.float64]
    """(16,) of the output, largest first, the largest as 1."""
    gap: float
    """Largest |f(a + b) − f(a) − f(b)| over pairs of pixels, as a part of the largest |f(a + b)|: 0 for what is linear."""

    @property
    def rank(self) -> int:
        """How many of the output's maps are independent."""
        return int((self.singular > ZERO).sum())


def two_mixes(x: Floats, *, relu: bool, seed: int = 0) -> TwoMixes:
    """Send the pixels `x` (C, N), each channel less its mean, through two matrices of independent normal numbers without bias."""
    x = x.astype(np.float64) - x.mean(axis=1, keepdims=True)
    chance = np.random.default_rng(seed)
    first = chance.standard_normal((WIDTH, len(x))) / np.sqrt(len(x))  # (16, C)
    second = chance.standard_normal((WIDTH, WIDTH)) / np.sqrt(WIDTH)  # (16, 16)

    def f(pixels: Floats) -> Floats:
        inner = first @ pixels  # (16, N)
        outer: Floats = second @ (np.maximum(inner, 0) if relu else inner)
        return outer

    y = f(x)  # (16, N)
    singular = np.linalg.svd(y @ y.T, compute_uv=False) ** 0.5  # N is large; 16×16 has the same singular values, squared
    other = x[:, chance.permutation(x.shape[1])]
    together = f(x + other)
    gap = np.abs(together - y - f(other)).max() / (np.abs(together).max() or 1)
    return TwoMixes(relu, singular / (singular[0] or 1), float(gap))
