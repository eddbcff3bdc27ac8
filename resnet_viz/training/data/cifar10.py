"""CIFAR-10 as its author publishes it (Krizhevsky 2009): fetched when somebody asks, checked before it is used.

`read_cifar10` reads it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Literal

from resnet_viz.download import downloads

URL = "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz"
ARCHIVE_MD5 = "c58f30108f718f92721af3b95e74349a"
CIFAR_FOLDER = "cifar-10-batches-py"
TRAINING = tuple(f"data_batch_{n}" for n in range(1, 6))
CHECKSUMS = {
    "data_batch_1": "c99cafc152244af753f735de768cd75f",
    "data_batch_2": "d4bba439e000b95fd0a9bffe97cbabec",
    "data_batch_3": "54ebc095f3ab1f0389bbae665268c751",
    "data_batch_4": "634d18415352ddfa80567beed471001a",
    "data_batch_5": "482c414d41f54cd18b22e5b47cb7c3cb",
    "test_batch": "40351d587109b95175f43aff81a1287e",
    "batches.meta": "5ff9c542aee3614f3951f8cda6e48888",
}
"""MD5 of each file, as torchvision knows them too."""

State = Literal["absent", "damaged", "whole"]


def cifar10_state(folder: Path) -> State:
    """Whether CIFAR-10, as torchvision unpacks it, lies under this folder, and is what its author published."""
    there = [folder / CIFAR_FOLDER / name for name in CHECKSUMS]
    if not any(path.is_file() for path in there):
        return "absent"
    return "damaged" if first_damaged(folder) else "whole"


def first_damaged(folder: Path) -> str:
    """The first file that is not as published; empty where all are."""
    for name, expected in CHECKSUMS.items():
        path = folder / CIFAR_FOLDER / name
        try:
            stat = path.stat()
            if _md5(path, stat.st_size, stat.st_mtime_ns) != expected:
                return name
        except OSError:
            return name
    return ""


@lru_cache(maxsize=64)
def _md5(path: Path, _size: int, _changed: int) -> str:
    """Of one file, as it is at this size and time."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "md5").hexdigest()


def download_cifar10(folder: Path, progress: Callable[[float], object] = lambda share: None) -> None:
    """Fetch CIFAR-10 (170 MB), checked against its published checksum; what is damaged is replaced.

    Who asks while it is on its way watches the same download. `progress` is told the share that has arrived.
    Raises `DownloadFailed`.
    """
    downloads.fetch(
        URL,
        folder / "cifar-10-python.tar.gz",
        f"md5:{ARCHIVE_MD5}",
        lambda done, total: progress(min(1.0, done / total) if total else 0.0),
        _unpack,
    )


def _unpack(archive: Path) -> None:
    """The files of the archive into `CIFAR_FOLDER` beside it, all or none."""
    target = archive.parent / CIFAR_FOLDER
    with tempfile.TemporaryDirectory(prefix="unpacking-", dir=archive.parent) as made:
        new = Path(made) / CIFAR_FOLDER
        new.mkdir()
        with tarfile.open(archive) as tar:
            for member in tar:
                if member.isfile() and (name := Path(member.name).name) in CHECKSUMS and (source := tar.extractfile(member)):
                    with source, (new / name).open("wb") as file:
                        shutil.copyfileobj(source, file)
        if target.exists():
            os.replace(target, Path(made) / "replaced")
        os.replace(new, target)
    archive.unlink()
