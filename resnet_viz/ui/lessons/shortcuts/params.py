"""What a link to *Shortcuts and down-sampling* carries: the way out that is chosen, and two shapes that are to be added."""

from __future__ import annotations

from resnet_viz.refused import Refused
from resnet_viz.ui.kit.url_parsers import choice, dotted, place
from resnet_viz.ui.kit.url_state import Param

MOST = (2048, 224, 224)
"""Channels, height, width."""


def _shape(text: str) -> tuple[int, int, int]:
    try:
        shape = place(text)
    except Refused:
        shape = (0, 0, 0)
    if not all(1 <= size <= most for size, most in zip(shape, MOST, strict=True)):
        raise Refused("shape", channels=MOST[0], side=MOST[1], given=text)
    return shape


WAY = choice("way", ("none", "A", "B", "C"))
LEFT = Param("left", _shape, (64, 56, 56), dotted)
RIGHT = Param("right", _shape, (128, 28, 28), dotted)

PARAMS = (WAY, LEFT, RIGHT)
