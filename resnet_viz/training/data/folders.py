"""What is in a folder of pictures, `folder/<class>/*`, for the lab and for the recorder. `read_folder` reads them.

Hidden files and folders (`.ipynb_checkpoints`, `._photo.jpg`, `__MACOSX`) are not there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from resnet_viz.refused import Refused

ENDINGS = frozenset({".png", ".jpg", ".jpeg", ".jfif", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif", ".heic", ".heif"})
LEAST = 2
"""Classes in a folder, and pictures in a class."""


def classes_of(folder: Path) -> tuple[str, ...]:
    """The names of its classes, sorted.

    Raises `Refused` for fewer than two, or where one has fewer than two pictures or cannot be read.
    """
    with _readable(folder):
        found = tuple(sorted(path.name for path in _visible(folder) if path.is_dir())) if folder.is_dir() else ()
    if len(found) < LEAST:
        raise Refused("folder", given=folder.name)
    for name in found:
        if (count := len(files_of(folder / name))) < LEAST:
            raise Refused("few_pictures", given=name, count=count)
    return found


def files_of(folder: Path) -> list[Path]:
    """The pictures of one class, in the order of their names. Raises `Refused` where it cannot be read."""
    with _readable(folder):
        return sorted(path for path in _visible(folder) if path.suffix.lower() in ENDINGS and path.is_file())


def _visible(folder: Path) -> Iterator[Path]:
    return (path for path in folder.iterdir() if not path.name.startswith((".", "__")))


@contextmanager
def _readable(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Refused("folder_unreadable", given=folder.name) from error


def listing_digest(folder: Path) -> str:
    """Eight digits that change with the names, sizes and times of the folder's pictures. Raises as `classes_of`."""
    digest = hashlib.blake2b(digest_size=4)
    for name in classes_of(folder):
        for path in files_of(folder / name):
            with _readable(folder / name), suppress(FileNotFoundError):  # deleted since it was listed
                stat = path.stat()
                digest.update(f"{name}/{path.name}/{stat.st_size}/{stat.st_mtime_ns}\n".encode(errors="surrogateescape"))
    return digest.hexdigest()
