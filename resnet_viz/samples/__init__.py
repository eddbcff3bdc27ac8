"""Pictures to start with: photographs that are free to use (SOURCES.md), drawings of things, and drawings that
make single filters visible."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from resnet_viz.samples.drawn_things import THINGS, drawn_thing

_FOLDER = Path(__file__).parent
_SIDE = 512


class Sample(NamedTuple):
    """A picture that comes with the app."""

    code: str
    """What a link calls it."""
    author: str
    licence: str
    source: str
    classes: tuple[str, ...]
    """Names of what it shows, in the networks that know it."""
    load: Callable[[], Image.Image]

    @property
    def is_photograph(self) -> bool:
        """Or else it is a drawing."""
        return self.code in _photographs() and "Clip Art" not in self.source


@lru_cache
def _photographs() -> frozenset[str]:
    return frozenset(path.stem for path in _FOLDER.glob("*.jpg"))


def photograph(code: str) -> Image.Image:
    """A photograph that SOURCES.md lists, in RGB, by its file's name without the ending."""
    with Image.open(_FOLDER / f"{code}.jpg") as image:
        return image.convert("RGB")


def _drawn(code: str) -> Image.Image:
    """The drawings, from one grid of coordinates. Sizes are those of a 32-pixel picture: a stripe is 2 pixels wide there."""
    y, x = np.mgrid[0:_SIDE, 0:_SIDE] * (32 / _SIDE)
    shade = {
        "stripes-vertical": lambda: (x // 2) % 2,
        "stripes-diagonal": lambda: ((x + y) // 3) % 2,
        "checkerboard": lambda: (x // 4 + y // 4) % 2,
        "edge": lambda: (x >= 16) * 1.0,
        "rings": lambda: (np.hypot(x - 15.97, y - 15.97) // 2) % 2,
        "red-dot": lambda: (np.hypot(x - 15.97, y - 15.97) > 2) * 1.0,
    }[code]()
    grey = np.repeat((40 + 190 * shade)[..., None], 3, axis=2)
    if code == "red-dot":
        grey[shade == 0] = (220, 30, 30)
    return Image.fromarray(grey.astype(np.uint8))


@lru_cache
def samples() -> tuple[Sample, ...]:
    """All of them, photographs first, as SOURCES.md lists them.

    >>> [sample.code for sample in samples() if "cat" in sample.classes]
    ['cat']
    """
    found = []
    for line in (_FOLDER / "SOURCES.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|")]
        if line.startswith("|") and len(cells) == 5 and cells[0] != "code" and set(cells[0]) != {"-"}:
            code, author, licence, source, classes = cells
            known = tuple(name.strip() for name in classes.split(",") if name.strip())
            load = drawn_thing if code in THINGS else photograph if (_FOLDER / f"{code}.jpg").is_file() else _drawn
            found.append(Sample(code, author, licence, source, known, partial(load, code)))
    return tuple(found)
