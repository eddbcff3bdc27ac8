"""Pictures in memory against the same thing done one picture at a time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor
from torchvision.transforms import functional as tv

from resnet_viz.training.data.datasets import Pictures, augment, batches, normalise, read_folder


def write(path: Path, size: tuple[int, int] = (6, 5), mode: str = "RGB", seed: int = 0) -> np.ndarray:
    """A picture of noise at `path`; its pixels as RGB."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    picture = Image.fromarray(pixels).convert(mode)
    picture.save(path)
    return np.asarray(picture.convert("RGB"))


def some_pictures(count: int) -> Pictures:
    images = torch.randint(256, (count, 3, 8, 10), dtype=torch.uint8)
    return Pictures(images, torch.arange(count), tuple(map(str, range(count))))


def test_a_folder_is_read_in_the_order_of_names(tmp_path: Path) -> None:
    second = write(tmp_path / "frog" / "2.PNG", seed=2)
    first = write(tmp_path / "frog" / "1.png", mode="L", seed=1)
    other = write(tmp_path / "cat" / "9.bmp", seed=3)
    (tmp_path / "frog" / "notes.txt").write_text("no picture")
    (tmp_path / "readme.txt").write_text("no class")
    found = read_folder(tmp_path)
    assert found.classes == ("cat", "frog")
    assert found.labels.tolist() == [0, 1, 1]
    assert torch.equal(found.images, torch.from_numpy(np.stack([other, first, second])).permute(0, 3, 1, 2))


def test_folders_at_fault_are_named(tmp_path: Path) -> None:
    def refused(folder: Path) -> str:
        with pytest.raises(ValueError) as caught:
            read_folder(folder)
        return str(caught.value)

    assert "absent" in refused(tmp_path / "absent")
    assert repr(str(tmp_path)) in refused(tmp_path)
    (tmp_path / "empty" / "cat").mkdir(parents=True)
    assert "empty" in refused(tmp_path / "empty")
    write(tmp_path / "mixed" / "cat" / "1.png")
    write(tmp_path / "mixed" / "cat" / "2.png", size=(7, 5))
    assert "share one size" in refused(tmp_path / "mixed")
    write(tmp_path / "broken" / "cat" / "1.png")
    whole = (tmp_path / "broken" / "cat" / "1.png").read_bytes()
    (tmp_path / "broken" / "cat" / "2.png").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "broken" / "cat" / "3.png").write_bytes(b"")
    assert "2.png" in refused(tmp_path / "broken")


def test_mean_and_deviation_are_those_of_all_pixels() -> None:
    data = some_pictures(7)
    mean, std = data.mean_std()
    for channel in range(3):
        pixels = data.images[:, channel].double().numpy() / 255
        assert mean[channel].item() == pytest.approx(pixels.mean(), abs=1e-5)
        assert std[channel].item() == pytest.approx(pixels.std(ddof=1), abs=1e-5)


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
