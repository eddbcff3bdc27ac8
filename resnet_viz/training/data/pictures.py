"""Labelled pictures in memory, cut into batches and augmented as whole tensors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from resnet_viz.training.data.arrays import Arrays

LEAST_STD = 1 / 255
"""A channel that hardly changes is not stretched beyond one step of its 256: one that is constant becomes 0 everywhere."""


class Pictures(NamedTuple):
    """Labelled pictures of one size."""

    images: Tensor
    """(N, 3, H, W), uint8."""
    labels: Tensor
    """(N,), int64."""
    classes: tuple[str, ...]

    @classmethod
    def of(cls, arrays: Arrays) -> Pictures:
        """The same as tensors, which share the arrays' memory."""
        return cls(torch.from_numpy(arrays.images), torch.from_numpy(arrays.labels), arrays.classes)

    def some(self, rows: Tensor | slice | list[int]) -> Pictures:
        """Those of these rows, in their order."""
        return Pictures(self.images[rows], self.labels[rows], self.classes)

    def mean_std(self) -> tuple[Tensor, Tensor]:
        """Mean and standard deviation of each channel, on the scale 0 to 1; the deviation is at least `LEAST_STD`."""
        found = [torch.std_mean(channel.float() / 255) for channel in self.images.unbind(1)]  # a channel at a time, for memory
        std, mean = (torch.stack(column) for column in zip(*found, strict=True))
        return mean, std.clamp(min=LEAST_STD)

    def normalised(self, mean: Tensor, std: Tensor) -> Tensor:
        """(N, 3, H, W), float32, channels last."""
        return normalise(self.images, mean, std)


def normalise(images: Tensor, mean: Tensor, std: Tensor) -> Tensor:
    """uint8 pictures (N, 3, H, W) as float32 with the given mean and deviation (0 to 1) taken out."""
    scale, shift = 1 / (255 * std), -mean / std
    out = images.float() * scale[:, None, None] + shift[:, None, None]
    return out.contiguous(memory_format=torch.channels_last)


def batches(data: Pictures, batch: int, generator: torch.Generator) -> Iterator[tuple[Tensor, Tensor]]:
    """One epoch in an order that depends on the generator alone; a last batch that is not full is left out."""
    order = torch.randperm(len(data.labels), generator=generator)
    for rows in torch.split(order, batch):
        if len(rows) == batch:
            here = rows.to(data.images.device)
            yield data.images[here], data.labels[here]


def augment(images: Tensor, generator: torch.Generator, pad: int = 4) -> Tensor:
    """Random crops after zero-padding, and random flips, a batch at once (He et al. 2015, §4.2). (N, C, H, W) in and out.

    The draws are made where `generator` is, so that a seed means the same crops on every device.
    """
    n, _, height, width = images.shape
    device = images.device
    top, left = (torch.randint(2 * pad + 1, (n, 1), generator=generator) for _ in range(2))
    flip = torch.rand(n, 1, generator=generator) < 0.5
    across = torch.arange(width)
    rows = (top + torch.arange(height)).to(device)  # (N, H)
    columns = (left + torch.where(flip, across.flip(0), across)).to(device)  # (N, W)
    padded = F.pad(images, (pad,) * 4).permute(0, 2, 3, 1)  # (N, H+2p, W+2p, C)
    index = torch.arange(n, device=device)[:, None, None]
    return padded[index, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)  # (N, C, H, W)
