"""One block in the network's diagram: its bars, the sign that opens it, and the word on its shortcut."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

from resnet_viz.draw.svg import colour, element
from resnet_viz.nets.plan import Block

CELL = 74


class Measures(NamedTuple):
    """How tall the parts of a band are, from top to bottom, and how far the next band is."""

    head: int
    """Its name and what it puts out."""
    arc: int
    cell: int
    foot: int
    between: int

    @property
    def band(self) -> int:
        return self.head + self.arc + self.cell + self.foot

    @property
    def middle(self) -> float:
        """Where the wire runs, from the band's top."""
        return self.head + self.arc + self.cell / 2


WIDE = Measures(50, 48, 62, 12, 20)
NARROW = Measures(30, 34, 48, 6, 12)
"""On a phone, so that three stages are seen at once."""


def shortcut_label(block: Block, words: Mapping[str, str]) -> str:
    """What stands on a shortcut: nothing on an identity, `1×1, /2` on a projection, `pad, /2` on zero-padding."""
    option = block.shape.shortcut_option
    if option == "identity":
        return ""
    text = "1×1" if option == "projection" else words["pad"]
    return text + (f", /{block.stride}" if block.stride > 1 else "")


def bars(block: Block, x: float, bottom: float, tallest: float) -> str:
    """A bar for each convolution, as tall as it has channels (on a log scale)."""
    convolutions = [layer for layer in block.layers if layer.kind == "conv" and not layer.on_shortcut]
    pitch, left = 14, x + CELL / 2 - 7 * len(convolutions) + 4
    bars = ""
    for i, layer in enumerate(convolutions):
        tall = min(tallest, 6 + 3.1 * math.log2(max(layer.out_shape[0], 1)))
        y = round(bottom - 7 - tall, 1)
        bars += element("rect", x=round(left + i * pitch, 1), y=y, width=10, height=round(tall, 1), rx=2.5, fill=colour(layer))
    return bars


def expander(x: float, y: float, opened: bool) -> str:
    cross = "" if opened else f"M{x + 6} {y + 2}v8"
    target = element("rect", x=x - 5, y=y - 5, width=21, height=24, fill="transparent")
    return element("g", target, element("path", d=f"M{x + 2} {y + 6}h8{cross}", class_="sign"), class_="expander", data_toggle="")
