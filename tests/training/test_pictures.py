"""Pictures in memory against the same thing done one picture at a time."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torchvision.transforms import functional as tv

from resnet_viz.training.data.pictures import LEAST_STD, Pictures, augment, batches, normalise


def some_pictures(count: int) -> Pictures:
    images = torch.randint(256, (count, 3, 8, 10), dtype=torch.uint8)
    return Pictures(images, torch.arange(count), tuple(map(str, range(count))))


def test_mean_and_deviation_are_those_of_all_pixels() -> None:
    data = some_pictures(7)
    mean, std = data.mean_std()
    for channel in range(3):
        pixels = data.images[:, channel].double().numpy() / 255
        assert mean[channel].item() == pytest.approx(pixels.mean(), abs=1e-5)
        assert std[channel].item() == pytest.approx(pixels.std(ddof=1), abs=1e-5)


def test_a_channel_that_is_constant_becomes_nought() -> None:
    images = torch.randint(256, (4, 3, 5, 5), dtype=torch.uint8)
    images[:, 2] = 77
    data = Pictures(images, torch.zeros(4, dtype=torch.int64), ("a",))
    mean, std = data.mean_std()
    assert std[2].item() == pytest.approx(LEAST_STD)
    out = data.normalised(mean, std)
    assert out.isfinite().all()
    assert out[:, 2].abs().max() < 1e-4


def test_normalised_is_what_torchvision_makes_of_each_picture() -> None:
    data = some_pictures(3)
    mean, std = torch.tensor([0.4, 0.5, 0.6]), torch.tensor([0.2, 0.25, 0.3])
    expected = torch.stack([tv.normalize(image.float() / 255, mean.tolist(), std.tolist()) for image in data.images])
    torch.testing.assert_close(data.normalised(mean, std).contiguous(), expected)
    assert normalise(data.images, mean, std).is_contiguous(memory_format=torch.channels_last)


def test_an_epoch_shows_each_picture_at_most_once_in_full_batches() -> None:
    data = some_pictures(11)
    seen: list[Tensor] = []
    for images, labels in batches(data, 4, torch.Generator().manual_seed(1)):
        assert len(labels) == 4
        assert torch.equal(images, data.images[labels]), "a picture and its label stay together"
        seen.append(labels)
    assert len(set(torch.cat(seen).tolist())) == 8
    again = [labels for _, labels in batches(data, 4, torch.Generator().manual_seed(1))]
    other = [labels for _, labels in batches(data, 4, torch.Generator().manual_seed(2))]
    assert torch.equal(torch.cat(again), torch.cat(seen))
    assert not torch.equal(torch.cat(other), torch.cat(seen))


@pytest.mark.parametrize("pad", [0, 1, 4])
def test_augment_is_pad_crop_and_flip_of_each_picture(pad: int) -> None:
    images = some_pictures(32).images
    n, _, height, width = images.shape
    found = augment(images, torch.Generator().manual_seed(3), pad)
    same = torch.Generator().manual_seed(3)
    top, left = (torch.randint(2 * pad + 1, (n, 1), generator=same).flatten().tolist() for _ in range(2))
    flip = (torch.rand(n, 1, generator=same) < 0.5).flatten().tolist()
    assert any(flip)
    assert not all(flip)
    for i, image in enumerate(images):
        expected = tv.crop(tv.pad(image, [pad]), top[i], left[i], height, width)
        assert torch.equal(found[i], tv.hflip(expected) if flip[i] else expected)
