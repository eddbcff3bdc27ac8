"""Where a run's pictures come from: drawn *Shapes*, CIFAR-10 once somebody has downloaded it, or a folder of one's own.

The folder is `pictures/<name>/<class>/*` under the app's home (`RESNET_VIZ_HOME`). An experiment calls it
`folder-<name>-<digits>`: the digits stand for what is in it, so that a run is never shown as one of other pictures.
"""

from __future__ import annotations

import re
import threading
import time
from typing import NamedTuple

from resnet_viz.home_folder import home
from resnet_viz.refused import Refused
from resnet_viz.training.data.cifar10 import cifar10_state
from resnet_viz.training.data.folders import classes_of, listing_digest
from resnet_viz.training.data.shapes import CLASSES, Shapes

SIDE = 32
"""To which the pictures of a folder are cut and resized, in pixels."""
CIFAR = "cifar10"
CIFAR_CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
FOLDER = "folder-"
LISTED = 2.0
"""Seconds for which a folder's listing is taken to be still true."""
REMEMBERED = 1_000
"""Folders as they were, of which the classes are kept."""
_FOLDER_NAME = r"[\w][\w -]{0,39}"


class PictureSource(NamedTuple):
    """One kind of pictures."""

    name: str
    """As an experiment writes it."""
    size: int
    """Side in pixels."""
    classes: tuple[str, ...]


def source(text: str) -> PictureSource:
    """What a name stands for; that of a folder may leave the digits out. Raises `Refused` that quotes it."""
    if text == CIFAR:
        state = cifar10_state(home())
        if state == "absent":
            raise Refused("no_cifar")
        if state == "damaged":
            raise Refused("damaged_cifar", given=CIFAR)
        return PictureSource(CIFAR, 32, CIFAR_CLASSES)
    if text.startswith(FOLDER):
        return _folder_source(text)
    kind = Shapes.parse(text)
    return PictureSource(str(kind), kind.size, CLASSES)


def former(text: str) -> PictureSource:
    """`source`, or what a name stood for when this process last found its folder so: what was trained keeps its classes."""
    with _lock:
        found = _former.get((str(home()), text))
    return found or source(text)


def available() -> tuple[str, ...]:
    """The names of what is on this machine, Shapes first. A folder that cannot be trained on is left out."""
    names = [FOLDER + path.name for path in sorted((home() / "pictures").glob("*"))]
    found = [kind.name for name in (CIFAR, *names) if (kind := _usable(name))]
    return ("shapes", *found)


def _usable(name: str) -> PictureSource | None:
    try:
        return source(name)
    except ValueError:
        return None


def folder_name(data: str) -> str:
    """The name of the folder that an experiment's data name, without the digits.

    >>> folder_name("folder-my pictures-0a1b2c3d"), folder_name("folder-leaves")
    ('my pictures', 'leaves')
    """
    return _split(data)[0]


def _split(data: str) -> tuple[str, str]:
    """Name and digits of a folder's data, the digits empty where there are none."""
    text = data.removeprefix(FOLDER)
    found = re.fullmatch(rf"({_FOLDER_NAME})-([0-9a-f]{{8}})", text)
    if found:
        return found[1], found[2]
    if not re.fullmatch(_FOLDER_NAME, text):
        raise Refused("folder_name", given=text[:40])
    return text, ""


def _folder_source(text: str) -> PictureSource:
    name, digits = _split(text)
    classes, now = _listed(name)
    if digits not in ("", now):
        raise Refused("folder_changed", given=name)
    found = PictureSource(f"{FOLDER}{name}-{now}", SIDE, classes)
    with _lock:
        _former[str(home()), found.name] = found
        while len(_former) > REMEMBERED:
            _former.pop(next(iter(_former)))
    return found


_former: dict[tuple[str, str], PictureSource] = {}
_lock = threading.Lock()
_listings: dict[str, tuple[float, str, tuple[tuple[str, ...], str]]] = {}


def _listed(name: str) -> tuple[tuple[str, ...], str]:
    """Classes and digits of a folder. Listing thousands of files takes a while, and a link may name a folder six times."""
    folder = home() / "pictures" / name
    with _lock:
        at, where, found = _listings.get(name, (0.0, "", ((), "")))
        if time.monotonic() - at > LISTED or where != str(folder) or not at:
            found = classes_of(folder), listing_digest(folder)
            _listings[name] = time.monotonic(), str(folder), found
            while len(_listings) > 50:
                _listings.pop(next(iter(_listings)))
    return found
