"""The one reader of picture folders: `folder/<class>/*`, for the lab and for the recorder.

Every picture is read as an upload is (`resnet_viz.pictures`): upright, flattened on white, 8 bits a colour. Hidden files and
folders (`.ipynb_checkpoints`, `._photo.jpg`, `__MACOSX`) are not there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from resnet_viz.pictures import PictureError, read_picture, to_square
from resnet_viz.refused import Refused
from resnet_viz.training.data.arrays import Arrays

ENDINGS = frozenset({".png", ".jpg", ".jpeg", ".jfif", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif", ".heic", ".heif"})
LEAST = 2
"""Classes in a folder, and pictures in a class."""


def classes_of(folder: Path) -> tuple[str, ...]:
    """The names of its classes, sorted. Raises `Refused` for fewer than two, or where one has fewer than two pictures."""
    found = tuple(sorted(path.name for path in _visible(folder) if path.is_dir())) if folder.is_dir() else ()
    if len(found) < LEAST:
        raise Refused("folder", given=folder.name)
    for name in found:
        if (count := len(files_of(folder / name))) < LEAST:
            raise Refused("few_pictures", given=name, count=count)
    return found


def files_of(folder: Path) -> list[Path]:
    """The pictures of one class, in the order of their names."""
    return sorted(path for path in _visible(folder) if path.suffix.lower() in ENDINGS and path.is_file())


def _visible(folder: Path) -> Iterator[Path]:
    return (path for path in folder.iterdir() if not path.name.startswith((".", "__")))


def listing_digest(folder: Path) -> str:
    """Eight digits that change with the names, sizes and times of the folder's pictures."""
    digest = hashlib.blake2b(digest_size=4)
    for name in classes_of(folder):
        for path in files_of(folder / name):
            stat = path.stat()
            digest.update(f"{name}/{path.name}/{stat.st_size}/{stat.st_mtime_ns}\n".encode(errors="surrogateescape"))
    return digest.hexdigest()


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
