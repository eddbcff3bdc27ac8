"""Pictures that somebody has already divided into training and test."""

from __future__ import annotations

from pathlib import Path

from resnet_viz.refused import Refused
from resnet_viz.training.data.cifar10 import CIFAR_FOLDER, cifar10_state
from resnet_viz.training.data.pictures import Pictures
from resnet_viz.training.data.read_cifar10 import cifar10
from resnet_viz.training.data.read_folder import read_folder


def read_pictures(folder: Path) -> tuple[Pictures, Pictures]:
    """Training and test pictures: of `train/<class>/*` and `test/<class>/*`, or CIFAR-10 as torchvision unpacks it.

    Raises `Refused` that names the folder or file at fault.
    """
    for place in (folder, folder.parent):
        if (place == folder or folder.name == CIFAR_FOLDER) and cifar10_state(place) != "absent":
            train, test = cifar10(place)
            return Pictures.of(train), Pictures.of(test)
    if not (folder / "train").is_dir() or not (folder / "test").is_dir():
        raise Refused("split_folders", given=str(folder), cifar=CIFAR_FOLDER)
    train, test = read_folder(folder / "train"), read_folder(folder / "test")
    if train.classes != test.classes or train.images.shape[1:] != test.images.shape[1:]:
        raise Refused("split_unlike", given=str(folder))
    return Pictures.of(train), Pictures.of(test)
