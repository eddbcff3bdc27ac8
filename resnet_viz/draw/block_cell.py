"""One block in the network's diagram: its bars, the sign that opens it, and the word on its shortcut."""

from __future__ import annotations

import math
from collections.abc import Mapping

from resnet_viz.draw.svg import colour, element
from resnet_viz.nets.plan import Block

CELL, HEIGHT = 74, 62


def shortcut_label(block: Block, words: Mapping[str, str]) -> str:
    """What stands on a shortcut: nothing on an identity, `1×1, /2` on a projection, `pad, /2` on zero-padding."""
    option = block.shape.shortcut_option
    if option == "identity":
        return ""
    text = "1×1" if option == "projection" else words["pad"]
    return text + (f", /{block.stride}" if block.stride > 1 else "")


def bars(block: Block, x: float, top: float, tallest: float) -> str:
    """A bar for each convolution, as tall as it has channels (on a log scale)."""
    convolutions = [layer for layer in block.layers if layer.kind == "conv" and not layer.on_shortcut]
    pitch, left = 14, x + CELL / 2 - 7 * len(convolutions) + 4
    bars = ""
    for i, layer in enumerate(convolutions):
        tall = min(tallest, 6 + 3.1 * math.log2(max(layer.out_shape[0], 1)))
        y = round(top + HEIGHT - 7 - tall, 1)
        bars += element("rect", x=round(left + i * pitch, 1), y=y, width=10, height=round(tall, 1), rx=2.5, fill=colour(layer))
    return bars


def expander(x: float, y: float, opened: bool) -> str:
    cross = "" if opened else f"M{x + 6} {y + 2}v8"
    target = element("rect", x=x - 5, y=y - 5, width=21, height=24, fill="transparent")
    return element("g", target, element("path", d=f"M{x + 2} {y + 6}h8{cross}", class_="sign"), class_="expander", data_toggle="")
