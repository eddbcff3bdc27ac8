"""Parts of pictures against torchvision's crop and resize of each, one at a time."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torchvision.transforms import functional as tv

from resnet_viz.training.data.crops import RATIO, random_resized_crops, resized


def drawn(n: int, height: int, width: int) -> torch.Tensor:
    return torch.randint(256, (n, 3, height, width), dtype=torch.uint8, generator=torch.Generator().manual_seed(n))


def within_rounding(found: torch.Tensor, expected: torch.Tensor) -> bool:
    """torch rounds a byte from whole numbers, torchvision from floats."""
    return found.shape == expected.shape and int((found.int() - expected.int()).abs().max()) <= 1


@pytest.mark.parametrize(("height", "width", "side"), [(40, 40, 40), (40, 40, 24), (24, 32, 48)])
def test_resizing_is_torchvisions(height: int, width: int, side: int) -> None:
    images = drawn(3, height, width)
    expected = torch.stack([tv.resize(image, [side, side], antialias=True) for image in images])
    assert within_rounding(resized(images, side), expected)


@settings(max_examples=30)
@given(st.integers(8, 60), st.integers(8, 60), st.floats(0.05, 1), st.integers(0, 2**32))
def test_each_part_is_a_crop_that_torchvision_resizes(height: int, width: int, least: float, seed: int) -> None:
    images, side = drawn(6, height, width), 16
    found = random_resized_crops(images, torch.Generator().manual_seed(seed), side, least)
    same = torch.Generator().manual_seed(seed)
    area = (torch.empty(6).uniform_(least, 1, generator=same) * (height * width)).tolist()
    ratio = torch.empty(6).uniform_(-math.log(RATIO), math.log(RATIO), generator=same).exp().tolist()
    across, down, flip = torch.rand(3, 6, generator=same).tolist()
    for i, image in enumerate(images):
        wanted_high, wanted_wide = math.sqrt(area[i] / ratio[i]), math.sqrt(area[i] * ratio[i])
        high, wide = (max(1, min(side_, round(wanted))) for side_, wanted in ((height, wanted_high), (width, wanted_wide)))
        top, left = math.floor((height - high + 1) * down[i]), math.floor((width - wide + 1) * across[i])
        assert 0 <= top <= height - high
        assert 0 <= left <= width - wide
        expected = tv.resized_crop(image, top, left, high, wide, [side, side], antialias=True)
        assert within_rounding(found[i], tv.hflip(expected) if flip[i] < 0.5 else expected)


def test_parts_have_the_areas_and_the_flips_that_were_asked_for() -> None:
    """A picture whose value is its column and row tells where its part came from."""
    side = 64
    columns = torch.arange(side, dtype=torch.uint8).expand(side, side) * 4
    images = torch.stack([columns, columns.T, columns]).expand(400, 3, side, side)
    parts = random_resized_crops(images, torch.Generator().manual_seed(0), 32, 0.25).float()
    wide = (parts[:, 0].amax((1, 2)) - parts[:, 0].amin((1, 2))) / (4 * (side - 1))
    high = (parts[:, 1].amax((1, 2)) - parts[:, 1].amin((1, 2))) / (4 * (side - 1))
    assert (wide * high).min() > 0.18
    assert (wide * high).max() > 0.9
    flipped = parts[:, 0, 16, 0] > parts[:, 0, 16, -1]
    assert 0.4 < flipped.float().mean() < 0.6
    assert (high / wide).max() < 1.5
    assert (wide / high).max() < 1.5
