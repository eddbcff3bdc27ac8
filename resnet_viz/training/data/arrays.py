"""`Arrays`: labelled pictures as NumPy holds them, for readers that need no torch."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt


class Arrays(NamedTuple):
    """Labelled pictures of one size."""

    images: npt.NDArray[np.uint8]
    """(N, 3, H, W)."""
    labels: npt.NDArray[np.int64]
    """(N,)."""
    classes: tuple[str, ...]
