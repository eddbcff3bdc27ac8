"""Where a run's pictures come from: drawn *Shapes*, CIFAR-10 once somebody has downloaded it, or a folder of one's own.

The folder is `pictures/<name>/<class>/*` under the app's home (`RESNET_VIZ_HOME`); an experiment calls it `folder-<name>`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from resnet_viz.home_folder import home
from resnet_viz.pictures import PictureError, read_picture, to_square
from resnet_viz.refused import Refused
from resnet_viz.training.data.datasets import PICTURE_ENDINGS, Pictures, cifar10, has_cifar10
from resnet_viz.training.data.shapes import CLASSES, Shapes, draw_shapes

if TYPE_CHECKING:
    from torch import Tensor

SHAPES_COUNT = 3_000
TEST_COUNT = 1_000
MOST = 20_000
"""Training pictures of a live run: more would only fill the memory of the workers, of which each has its own."""
SIDE = 32
"""To which the pictures of a folder are cut and resized, in pixels."""
CIFAR = "cifar10"
FOLDER = "folder-"


class Source(NamedTuple):
    """One kind of pictures."""

    name: str
    """As an experiment writes it."""
    size: int
    """Side in pixels."""
    classes: tuple[str, ...]
    draw: Callable[[int], tuple[Pictures, Pictures]]
    """Training and test pictures for a seed."""


def source(text: str) -> Source:
    """What a name stands for. Raises `ValueError` that quotes it and says what there is."""
    if text == CIFAR:
        if not has_cifar10(home()):
            raise Refused("no_cifar")
        return Source(CIFAR, 32, CIFAR_CLASSES, _draw_cifar)
    if text.startswith(FOLDER):
        classes = _classes(_folder(text))
        return Source(text, SIDE, classes, partial(_draw_folder, _folder(text)))
    kind = Shapes.parse(text)
    return Source(str(kind), kind.size, CLASSES, partial(_draw_shapes, kind))


def available() -> tuple[str, ...]:
    """The names of what is on this machine, Shapes first. A folder with fewer than two classes is left out."""
    names = [FOLDER + path.name for path in sorted((home() / "pictures").glob("*")) if path.is_dir()]
    return ("shapes", *([CIFAR] if has_cifar10(home()) else []), *(name for name in names if _usable(name)))


def _usable(name: str) -> bool:
    try:
        source(name)
    except ValueError:
        return False
    return True


CIFAR_CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")


def _draw_shapes(kind: Shapes, seed: int) -> tuple[Pictures, Pictures]:
    return draw_shapes(kind, SHAPES_COUNT, seed), draw_shapes(kind, TEST_COUNT, seed + 1_000_000)


def _draw_cifar(seed: int) -> tuple[Pictures, Pictures]:
    train, test = cifar10(home())
    return _some(train, MOST, seed), _some(test, TEST_COUNT, seed)


def _draw_folder(folder: Path, seed: int) -> tuple[Pictures, Pictures]:
    import torch

    every = _read(folder)
    order = torch.randperm(len(every.labels), generator=torch.Generator().manual_seed(seed))
    count = max(1, min(TEST_COUNT, len(order) // 5))
    return _rows(every, order[count : count + MOST]), _rows(every, order[:count])


def _some(data: Pictures, count: int, seed: int) -> Pictures:
    import torch

    return _rows(data, torch.randperm(len(data.labels), generator=torch.Generator().manual_seed(seed))[:count])


def _rows(data: Pictures, rows: Tensor) -> Pictures:
    return Pictures(data.images[rows], data.labels[rows], data.classes)


def _folder(text: str) -> Path:
    name = text.removeprefix(FOLDER)
    if not re.fullmatch(r"[\w-]{1,40}", name):
        raise Refused("folder_name", given=name[:40])
    return home() / "pictures" / name


def _classes(folder: Path) -> tuple[str, ...]:
    found = tuple(sorted(path.name for path in folder.iterdir() if path.is_dir())) if folder.is_dir() else ()
    if len(found) < 2:
        raise Refused("folder", given=folder.name)
    return found


@lru_cache(maxsize=1)
def _read(folder: Path) -> Pictures:
    """All pictures, cut to squares of one size. Raises `ValueError` that names the file or class at fault."""
    import torch

    classes = _classes(folder)
    images, labels = [], []
    for label, name in enumerate(classes):
        paths = sorted(path for path in (folder / name).iterdir() if path.suffix.lower() in PICTURE_ENDINGS)
        if len(paths) < 2:
            raise Refused("few_pictures", given=name, count=len(paths))
        for path in paths[: (MOST + TEST_COUNT) // len(classes)]:
            try:
                images.append(np.asarray(to_square(read_picture(path.read_bytes()), SIDE)))
            except PictureError as error:
                raise ValueError(f"{name}/{path.name} cannot be used: {error}") from error
            labels.append(label)
    stacked = torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).contiguous()  # (N, 3, H, W)
    return Pictures(stacked, torch.tensor(labels), classes)
