"""Pictures in memory: a folder with one subfolder a class, cut into batches and augmented as whole tensors."""

from __future__ import annotations

import pickle
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    import torch
    from torch import Tensor

PICTURE_ENDINGS = {".png", ".jpg", ".jpeg", ".webp", ".bmp"}


class Pictures(NamedTuple):
    """Labelled pictures of one size."""

    images: Tensor
    """(N, 3, H, W), uint8."""
    labels: Tensor
    """(N,), int64."""
    classes: tuple[str, ...]

    def mean_std(self) -> tuple[Tensor, Tensor]:
        """Mean and standard deviation of each channel, on the scale 0 to 1."""
        flat = self.images.transpose(0, 1).flatten(1).float() / 255  # (3, N·H·W)
        return flat.mean(1), flat.std(1)

    def normalised(self, mean: Tensor, std: Tensor) -> Tensor:
        """(N, 3, H, W), float32, channels last."""
        return normalise(self.images, mean, std)


def normalise(images: Tensor, mean: Tensor, std: Tensor) -> Tensor:
    """uint8 pictures (N, 3, H, W) as float32 with the given mean and deviation (0 to 1) taken out."""
    import torch

    scale, shift = 1 / (255 * std), -mean / std
    out = images.float() * scale[:, None, None] + shift[:, None, None]
    return out.contiguous(memory_format=torch.channels_last)


def read_folder(folder: Path) -> Pictures:
    """All pictures of `folder/<class>/*`, in the order of their names. They must share one size.

    Raises `ValueError` that names the folder or file at fault.
    """
    import torch

    classes = tuple(sorted(path.name for path in folder.iterdir() if path.is_dir())) if folder.is_dir() else ()
    if not classes:
        raise ValueError(f"{str(folder)!r} must have one subfolder for each class")
    images, labels = [], []
    for label, name in enumerate(classes):
        for path in sorted(p for p in (folder / name).iterdir() if p.suffix.lower() in PICTURE_ENDINGS):
            try:
                with Image.open(path) as picture:
                    images.append(np.asarray(picture.convert("RGB")))
            except OSError as error:
                raise ValueError(f"{str(path)!r} is not a readable picture") from error
            labels.append(label)
    sizes = {image.shape for image in images}
    if len(sizes) != 1:
        raise ValueError(f"the pictures under {str(folder)!r} must share one size, found {sorted(sizes)[:3]}")
    stacked = torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).contiguous()  # (N, 3, H, W)
    return Pictures(stacked, torch.tensor(labels), classes)


CIFAR_FOLDER = "cifar-10-batches-py"


def has_cifar10(folder: Path) -> bool:
    """Whether CIFAR-10 as torchvision unpacks it lies under this folder."""
    return (folder / CIFAR_FOLDER / "batches.meta").is_file()


def cifar10(folder: Path) -> tuple[Pictures, Pictures]:
    """The 50,000 training and 10,000 test pictures (Krizhevsky 2009), read from where `download_cifar10` puts them.

    Raises `ValueError` that names the file that is missing or damaged.
    """
    import torch

    classes = tuple(_pickled(folder / CIFAR_FOLDER / "batches.meta")["label_names"])

    def read(*names: str) -> Pictures:
        parts = [_pickled(folder / CIFAR_FOLDER / name) for name in names]
        pixels = np.concatenate([np.asarray(part["data"], dtype=np.uint8) for part in parts]).reshape(-1, 3, 32, 32)
        labels = [int(label) for part in parts for label in part["labels"]]
        return Pictures(torch.from_numpy(pixels), torch.tensor(labels), classes)

    return read(*(f"data_batch_{n}" for n in range(1, 6))), read("test_batch")


def _pickled(path: Path) -> dict[str, Any]:
    """One file of CIFAR-10. Only plain containers and arrays are taken: a pickle could otherwise run anything."""
    try:
        with path.open("rb") as file:
            found: dict[str, Any] = _Unpickler(file, encoding="latin1").load()
        return found
    except (OSError, ValueError, EOFError, pickle.UnpicklingError) as error:
        raise ValueError(f"{str(path)!r} is missing or damaged") from error


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if module.partition(".")[0] == "numpy" and name in ("ndarray", "dtype", "_reconstruct", "scalar"):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name}")


def download_cifar10(folder: Path, progress: Callable[[float], object] = lambda share: None) -> None:
    """Fetch CIFAR-10 (170 MB) through torchvision, checked against its published checksum.

    `progress` is told the share that has arrived. Raises `OSError` when it cannot be reached.
    """
    from torchvision.datasets import CIFAR10
    from torchvision.datasets.utils import check_integrity, extract_archive

    archive = folder / CIFAR10.filename
    folder.mkdir(parents=True, exist_ok=True)
    part = archive.with_suffix(".part")
    with urllib.request.urlopen(CIFAR10.url, timeout=20) as answer, part.open("wb") as file:
        total = int(answer.headers.get("Content-Length") or 170_498_071)
        while chunk := answer.read(1 << 20):
            file.write(chunk)
            progress(min(1.0, file.tell() / total))
    if not check_integrity(part, CIFAR10.tgz_md5):
        part.unlink()
        raise OSError("the file that arrived is not CIFAR-10: its checksum differs")
    part.rename(archive)
    extract_archive(archive, folder)
    archive.unlink()


def read_pictures(folder: Path) -> tuple[Pictures, Pictures]:
    """Training and test pictures: of `train/<class>/*` and `test/<class>/*`, or CIFAR-10 as torchvision unpacks it.

    Raises `ValueError` that names the folder or file at fault.
    """
    for place in (folder, folder.parent):
        if has_cifar10(place) and (place == folder or folder.name == CIFAR_FOLDER):
            return cifar10(place)
    if not (folder / "train").is_dir() or not (folder / "test").is_dir():
        raise ValueError(f"{str(folder)!r} must hold train/<class>/* and test/<class>/*, or {CIFAR_FOLDER}")
    train, test = read_folder(folder / "train"), read_folder(folder / "test")
    if train.classes != test.classes or train.images.shape[1:] != test.images.shape[1:]:
        raise ValueError(f"train and test under {str(folder)!r} must have the same classes and size of pictures")
    return train, test


def batches(data: Pictures, batch: int, generator: torch.Generator) -> Iterator[tuple[Tensor, Tensor]]:
    """One epoch in an order that depends on the generator alone; a last batch that is not full is left out."""
    import torch

    order = torch.randperm(len(data.labels), generator=generator)
    for rows in torch.split(order, batch):
        if len(rows) == batch:
            here = rows.to(data.images.device)
            yield data.images[here], data.labels[here]


def augment(images: Tensor, generator: torch.Generator, pad: int = 4) -> Tensor:
    """Random crops after zero-padding, and random flips, a batch at once (He et al. 2015, §4.2). (N, C, H, W) in and out.

    The draws are made where `generator` is, so that a seed means the same crops on every device.
    """
    import torch
    from torch.nn import functional as F

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
