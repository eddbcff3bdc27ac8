"""What Home shows, as it was recorded: a network with every choice of its skips, and a small picture a lesson."""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from resnet_viz.draw.palette import ON_DARK

_FOLDER = Path(__file__).parent
_LARGEST, _GUESSES = 2**16 - 1, 3


class Recorded(NamedTuple):
    """One picture. In choice k of skips the one of block i is gone if bit i of k is set."""

    sample: str
    png: str
    """A data URL of what the network sees."""
    codes: bytes
    """(2^blocks, 3) classes by number, the most probable first."""
    chances: bytes
    """(2^blocks, 3) their probabilities in two bytes, the lower first; 65,535 is 1."""
    sides: tuple[int, ...]
    """Pixels a side of each block's map."""
    maps: bytes
    """Deflated: (2^(i+1), side, side) half bytes of block i, block after block."""

    def guesses(self) -> Iterator[tuple[tuple[int, float], ...]]:
        """Choice after choice the three first guesses: class by number, and probability."""
        chances = struct.unpack(f"<{len(self.chances) // 2}H", self.chances)
        pairs = [(code, chance / _LARGEST) for code, chance in zip(self.codes, chances, strict=True)]
        return (tuple(pairs[at : at + _GUESSES]) for at in range(0, len(pairs), _GUESSES))


class SkipExperiment(NamedTuple):
    """All pictures."""

    blocks: tuple[str, ...]
    """Names, such as 2.1 for layer2.1."""
    classes: tuple[str, ...]
    pictures: tuple[Recorded, ...]

    def rows(self) -> Iterator[tuple[object, ...]]:
        """A table: picture, blocks without their skip, and the first guesses, each with its probability."""
        yield "picture", "without_skip", "guess_1", "probability_1", "guess_2", "probability_2", "guess_3", "probability_3"
        for picture in self.pictures:
            for choice, guesses in enumerate(picture.guesses()):
                gone = " ".join(name for n, name in enumerate(self.blocks) if choice >> n & 1)
                pairs = ((self.classes[code], f"{chance:.4f}") for code, chance in guesses)
                yield picture.sample, gone, *(cell for pair in pairs for cell in pair)


@lru_cache
def experiment() -> SkipExperiment:
    """What `python -m resnet_viz.recorder figures hero` wrote."""
    found = _read("hero.json")
    blocks = tuple(name.removeprefix("layer") for name in found["blocks"])
    return SkipExperiment(blocks, tuple(found["classes"]), tuple(map(_recorded, found["pictures"])))


@lru_cache
def thumbnails() -> Mapping[str, str]:
    """Lesson to the data URL of an SVG for either ground: what `python -m resnet_viz.recorder figures thumbnails` made."""
    rules = (f"[fill='{light}']{{fill:{dark}}}[stroke='{light}']{{stroke:{dark}}}" for light, dark in ON_DARK.items())
    look = f"<style>@media (prefers-color-scheme: dark) {{{''.join(rules)}}}</style></svg>"
    svgs = {name: svg.replace("</svg>", look) for name, svg in _read("thumbnails.json")["lessons"].items()}
    return {name: f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}" for name, svg in svgs.items()}


def _read(name: str) -> dict[str, Any]:
    return dict(json.loads((_FOLDER / name).read_text(encoding="utf-8")))


def _recorded(found: Mapping[str, Any]) -> Recorded:
    codes, chances, maps = (base64.b64decode(found[name]) for name in ("classes", "probabilities", "maps"))
    return Recorded(found["sample"], found["png"], codes, chances, tuple(found["sides"]), maps)
