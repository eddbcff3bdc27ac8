"""`try_add`: what PyTorch says to the sum of two shapes."""

from __future__ import annotations

from typing import NamedTuple

import torch

Shape = tuple[int, int, int]


class Added(NamedTuple):
    """What became of x + y."""

    shape: Shape | None
    """(C, H, W) of the sum; None where there is none."""
    error: str
    """PyTorch's own words; empty where the sum exists."""
    differ: tuple[int, ...]
    """The dimensions of (C, H, W) in which the two differ."""

    @property
    def broadcast(self) -> bool:
        """Whether PyTorch silently repeated one of the two: it adds shapes that a residual block must not add."""
        return self.shape is not None and bool(self.differ)


def try_add(a: Shape, b: Shape) -> Added:
    """Add two (1, C, H, W) tensors of these shapes. Each is a single number repeated, so no shape costs memory.

    >>> try_add((64, 56, 56), (64, 56, 56)).shape
    (64, 56, 56)
    >>> try_add((64, 56, 56), (1, 56, 56)).broadcast
    True
    """
    differ = tuple(i for i in range(3) if a[i] != b[i])
    one = torch.zeros(())
    try:
        channels, height, width = torch.broadcast_shapes(a, b)  # type: ignore[no-untyped-call]
    except RuntimeError:
        try:
            one.expand(1, *a) + one.expand(1, *b)
        except RuntimeError as error:
            return Added(None, str(error), differ)
        raise
    return Added((channels, height, width), "", differ)
