"""Pictures of another size: resized as they are, or a random part of each, as networks for photographs are trained."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

RATIO = 4 / 3
"""The most that a part is wider than high, or higher than wide, before it is resized to a square."""


def resized(images: Tensor, side: int) -> Tensor:
    """uint8 pictures (N, C, H, W) as (N, C, side, side): bilinear, and where they shrink each pixel is a mean (anti-aliased)."""
    if images.shape[2:] == (side, side):
        return images
    return F.interpolate(images, size=(side, side), mode="bilinear", antialias=True)


def random_resized_crops(images: Tensor, generator: torch.Generator, side: int, least: float) -> Tensor:
    """Of each picture a random part, resized to a square, half of them flipped. uint8, (N, C, H, W) to (N, C, side, side).

    A part has `least` to all of the picture's area and sides that are up to `RATIO` apart, all as likely on a logarithmic scale
    of the ratio (Szegedy et al. 2014, §6). One that is too wide or too high for the picture is cut to fit; torchvision's
    `RandomResizedCrop` draws again.
    """
    n, _, height, width = images.shape
    area = torch.empty(n).uniform_(least, 1, generator=generator) * (height * width)
    ratio = torch.empty(n).uniform_(-math.log(RATIO), math.log(RATIO), generator=generator).exp()
    high = (area / ratio).sqrt().round().clamp(1, height)
    wide = (area * ratio).sqrt().round().clamp(1, width)
    across, down, flip = torch.rand(3, n, generator=generator)
    top, left = ((height - high + 1) * down).floor(), ((width - wide + 1) * across).floor()
    edges = torch.stack([top, top + high, left, left + wide], 1).int().tolist()
    boxes = [(slice(y, y_end), slice(x, x_end)) for y, y_end, x, x_end in edges]
    pairs = zip(torch.split(images, 1), boxes, strict=True)
    out = torch.cat([resized(image[:, :, rows, columns], side) for image, (rows, columns) in pairs])
    return torch.where((flip < 0.5).to(out.device)[:, None, None, None], out.flip(3), out)
