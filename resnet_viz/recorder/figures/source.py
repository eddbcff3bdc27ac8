"""`Source`: what a figure is recorded from."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

import torch
from torch import Tensor

from resnet_viz.studies.pretrained_pairs import as_input, data_of
from resnet_viz.training.data.pictures import Pictures
from resnet_viz.training.data.read_folder import read_folder
from resnet_viz.training.data.sources import CIFAR
from resnet_viz.training.data.split_folders import read_pictures
from resnet_viz.training.trainer import pictures

Part = Literal["train", "test"]


class Source(NamedTuple):
    """What is there already, where CIFAR-10 is, and who watches."""

    known: Mapping[str, Any] = {}
    """The figure as it was recorded before; empty where it never was."""
    data: Path | None = None
    """CIFAR-10's folder, with `train` and `test` or as torchvision unpacks it."""
    each: Callable[[Sequence[Any]], Iterable[Any]] = iter
    """Gives the parts one by one, and may show how far it is."""

    def inputs(self, name: str, part: Part, count: int) -> tuple[Tensor, Tensor] | None:
        """Pictures (N, 3, H, W) of the training or test set as a shipped network takes them, and their labels (N,).

        `count` at most; None where they are not at hand.
        """
        if data_of(name) != CIFAR:
            return as_input(name, pictures(data_of(name), 0)[part == "test"], count)
        return as_input(name, _cifar(self.data, part, count), count) if self.data else None


@lru_cache(maxsize=2)
def _cifar(folder: Path, part: Part, count: int) -> Pictures:
    """Some of one set; the other need not be there. A folder's come class by class, so the first ones would not do."""
    every = Pictures.of(read_folder(folder / part)) if (folder / part).is_dir() else read_pictures(folder)[part == "test"]
    if part == "train":  # drawn by chance
        rows = torch.randperm(len(every.labels), generator=torch.Generator().manual_seed(0))[:count]
    else:  # one of each class in turn
        each = math.ceil(count / len(every.classes))
        rows = torch.stack([(every.labels == label).nonzero()[:each, 0] for label in range(len(every.classes))], 1).flatten()
    return every.some(rows)
