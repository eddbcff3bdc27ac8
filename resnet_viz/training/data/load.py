"""`load`: the training and test pictures that a source stands for, as tensors."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import torch

from resnet_viz.home_folder import home
from resnet_viz.training.data.draw_shapes import draw_shapes
from resnet_viz.training.data.folders import classes_of
from resnet_viz.training.data.pictures import Pictures
from resnet_viz.training.data.read_cifar10 import cifar10
from resnet_viz.training.data.read_folder import read_folder
from resnet_viz.training.data.shapes import Shapes
from resnet_viz.training.data.sources import CIFAR, FOLDER, SIDE, folder_name, source

SHAPES_COUNT = 3_000
TEST_COUNT = 1_000
MOST = 20_000
"""Training pictures of a live run: more would only fill the memory of the workers, of which each has its own."""


def load(data: str, seed: int) -> tuple[Pictures, Pictures]:
    """Training and test pictures for a seed. Raises `Refused` that names the file or class at fault."""
    name = source(data).name
    if name == CIFAR:
        train, test = cifar10(home())
        return _some(Pictures.of(train), MOST, seed), _some(Pictures.of(test), TEST_COUNT, seed)
    if name.startswith(FOLDER):
        every = _read(home() / "pictures" / folder_name(name), name)
        order = _order(every, seed)
        count = max(1, min(TEST_COUNT, len(order) // 5))
        return every.some(order[count : count + MOST]), every.some(order[:count])
    kind = Shapes.parse(name)
    train, test = draw_shapes(kind, SHAPES_COUNT, seed), draw_shapes(kind, TEST_COUNT, seed + 1_000_000)
    return Pictures.of(train), Pictures.of(test)


@lru_cache(maxsize=1)
def _read(folder: Path, _name: str) -> Pictures:
    """All pictures of a folder, cut to squares of one size. The name tells what is in it now."""
    most = (MOST + TEST_COUNT) // len(classes_of(folder))
    return Pictures.of(read_folder(folder, side=SIDE, most=most))


def _order(data: Pictures, seed: int) -> torch.Tensor:
    return torch.randperm(len(data.labels), generator=torch.Generator().manual_seed(seed))


def _some(data: Pictures, count: int, seed: int) -> Pictures:
    return data.some(_order(data, seed)[:count])
