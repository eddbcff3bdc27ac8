"""The one reader of picture folders. Every picture is read as an upload is: upright, flattened on white, 8 bits a colour."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from resnet_viz.pictures import PictureError, read_picture, to_square
from resnet_viz.refused import Refused
from resnet_viz.training.data.arrays import Arrays
from resnet_viz.training.data.folders import classes_of, files_of


def read_folder(folder: Path, *, side: int | None = None, most: int | None = None) -> Arrays:
    """All pictures, class by class in the order of their names; the first `most` of each class.

    With a `side` they are cut to squares and resized to it, else all must have one size. Raises `Refused` that names the folder,
    class or file at fault.
    """
    classes = classes_of(folder)
    images: list[npt.NDArray[np.uint8]] = []
    labels: list[int] = []
    for label, name in enumerate(classes):
        for path in files_of(folder / name)[:most]:
            try:
                picture = read_picture(path.read_bytes())
            except (PictureError, OSError) as error:
                raise Refused("folder_picture", given=f"{name}/{path.name}") from error
            pixels = np.asarray(picture if side is None else to_square(picture, side))
            if images and pixels.shape != images[0].shape:
                first, other = images[0].shape, pixels.shape
                sizes = {"first": f"{first[1]}×{first[0]}", "size": f"{other[1]}×{other[0]}"}
                raise Refused("folder_sizes", given=f"{name}/{path.name}", **sizes)
            images.append(pixels)
            labels.append(label)
    stacked = np.ascontiguousarray(np.stack(images).transpose(0, 3, 1, 2))  # (N, 3, H, W)
    return Arrays(stacked, np.array(labels), classes)
