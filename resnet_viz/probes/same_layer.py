"""The proof that a 1×1 convolution is a matrix at every pixel: different ways to compute the same layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from torch import Tensor


class Ways(NamedTuple):
    """The largest absolute differences between three computations of one layer."""

    compared: int
    """How many numbers."""
    conv_linear: float
    conv_einsum: float
    linear_einsum: float

    @property
    def largest(self) -> float:
        return max(self[1:])


def three_ways(x: Tensor, weight: Tensor, bias: Tensor) -> Ways:
    """A 1×1 convolution as `conv2d`, as a linear layer at every pixel, and as `einsum`.

    `x` is (N, C, H, W), `weight` (K, C), `bias` (K,).
    """
    import torch
    from torch.nn import functional as F

    conv = F.conv2d(x, weight[:, :, None, None], bias)  # (N, K, H, W)
    linear = F.linear(x.permute(0, 2, 3, 1), weight, bias).permute(0, 3, 1, 2)  # (N, K, H, W)
    einsum = torch.einsum("kc,nchw->nkhw", weight, x) + bias[:, None, None]
    pairs = ((conv, linear), (conv, einsum), (linear, einsum))
    return Ways(conv.numel(), *(float((a - b).abs().max()) for a, b in pairs))


class ShiftedMix(NamedTuple):
    """One tap of a larger convolution: a 1×1 convolution of the picture moved by (down, right)."""

    down: int
    right: int
    matrix: Tensor
    """(K, C)."""


def as_shifted_mixes(weight: Tensor) -> tuple[ShiftedMix, ...]:
    """A convolution's (K, C, h, w) weight, h and w odd, as one matrix a tap: nine of them for a 3×3."""
    height, width = weight.shape[2:]
    if height % 2 == 0 or width % 2 == 0:
        raise ValueError(f"the kernel's sides must be odd, got {height}×{width}")
    taps = ((i, j) for i in range(height) for j in range(width))
    return tuple(ShiftedMix(height // 2 - i, width // 2 - j, weight[:, :, i, j]) for i, j in taps)


def mix_shifted(x: Tensor, parts: tuple[ShiftedMix, ...]) -> Tensor:
    """The sum of the shifted copies of `x` (N, C, H, W), each through its own matrix; zeros move in at the edges."""
    import torch
    from torch.nn import functional as F

    height, width = x.shape[2:]
    total = None
    for down, right, matrix in parts:
        # a negative pad cuts off: the copy keeps its size
        moved = F.pad(x, (right, -right, down, -down))  # (N, C, H, W)
        y = torch.einsum("kc,nchw->nkhw", matrix, moved)
        total = y if total is None else total + y
    assert total is not None
    return total[..., :height, :width]


def nine_ways(x: Tensor, weight: Tensor) -> float:
    """The largest difference between a padded convolution with `weight` (K, C, h, w) and its shifted mixes."""
    from torch.nn import functional as F

    padding = (weight.shape[2] // 2, weight.shape[3] // 2)
    return float((F.conv2d(x, weight, padding=padding) - mix_shifted(x, as_shifted_mixes(weight))).abs().max())
