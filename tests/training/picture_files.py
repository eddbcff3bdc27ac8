"""Pictures on disk for tests: folders of classes, and CIFAR-10 in its author's format."""

from __future__ import annotations

import hashlib
import pickle
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from resnet_viz.training.data import cifar10
from resnet_viz.training.data.sources import CIFAR_CLASSES


def write(path: Path, size: tuple[int, int] = (6, 5), mode: str = "RGB", seed: int = 0) -> np.ndarray:
    """A picture of noise at `path`; its pixels as RGB."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    picture = Image.fromarray(pixels).convert(mode)
    picture.save(path)
    return np.asarray(picture.convert("RGB"))


def fill(folder: Path, classes: tuple[str, ...], count: int, size: tuple[int, int] = (40, 30)) -> None:
    """`count` pictures of noise for each class."""
    for label, name in enumerate(classes):
        for n in range(count):
            write(folder / name / f"{n}.png", size, seed=1000 * label + n)


def fake_cifar(folder: Path, patch: pytest.MonkeyPatch, count: int = 3) -> dict[str, np.ndarray]:
    """The files of CIFAR-10 with `count` pictures each, and their checksums taken for the published ones; the pixels by file."""
    at = folder / cifar10.CIFAR_FOLDER
    at.mkdir(parents=True)
    random = np.random.default_rng(1)
    data = {name: random.integers(0, 255, (count, 3072), dtype=np.uint8) for name in (*cifar10.TRAINING, "test_batch")}
    for n, (name, pixels) in enumerate(data.items()):
        (at / name).write_bytes(pickle.dumps({"data": pixels, "labels": [(n + i) % 10 for i in range(count)]}))
    (at / "batches.meta").write_bytes(pickle.dumps({"label_names": list(CIFAR_CLASSES)}))
    patch.setattr(cifar10, "CHECKSUMS", {path.name: hashlib.md5(path.read_bytes()).hexdigest() for path in at.iterdir()})
    return data
