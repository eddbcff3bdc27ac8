"""The pictures of CIFAR-10, out of the files that its author publishes."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np

from resnet_viz.refused import Refused
from resnet_viz.training.data.arrays import Arrays
from resnet_viz.training.data.cifar10 import CIFAR_FOLDER, TRAINING, first_damaged


def cifar10(folder: Path) -> tuple[Arrays, Arrays]:
    """The 50,000 training and 10,000 test pictures, read from where `download_cifar10` puts them.

    Raises `Refused` that names the file that is missing or not what was published: none of it is then read.
    """
    if damaged := first_damaged(folder):
        raise Refused("damaged_cifar", given=damaged)
    at = folder / CIFAR_FOLDER
    classes = tuple(_pickled(at / "batches.meta")["label_names"])
    return _batches(at, TRAINING, classes), _batches(at, ("test_batch",), classes)


def _batches(folder: Path, names: tuple[str, ...], classes: tuple[str, ...]) -> Arrays:
    parts = [_pickled(folder / name) for name in names]
    images = np.concatenate([part["data"] for part in parts]).reshape(-1, 3, 32, 32)  # (N, 3, H, W)
    return Arrays(images, np.array([label for part in parts for label in part["labels"]]), classes)


def _pickled(path: Path) -> dict[str, Any]:
    """One file whose checksum is right. A pickle of another could run anything, or ask for all memory."""
    with path.open("rb") as file:
        found: dict[str, Any] = pickle.load(file, encoding="latin1")
    return found
