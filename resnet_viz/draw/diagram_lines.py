"""The lines of a diagram: which stages, or parts of one, stand beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from resnet_viz.nets.plan import Block, Part, Stage

FEW = 5
"""With fewer columns than this bands are low, and an opened block stands upright: a phone."""


class Segment(NamedTuple):
    """What stands in one band: a stage, or a line's worth of it, or the stem or head."""

    part: Part | Stage
    groups: tuple[tuple[Block, ...], ...]
    """Runs of equal blocks; a run of more than one is a card. Empty for stem and head."""

    @property
    def slots(self) -> int:
        return max(1, len(self.groups))


def lines_of(segments: Sequence[Segment], columns: int) -> list[list[Segment]]:
    """Segments in lines of `columns` slots; a head alone may stand one slot over the edge rather than on a line of its own."""
    lines: list[list[Segment]] = [[]]
    for segment in segments:
        used = sum(other.slots for other in lines[-1])
        room = columns + (segment is segments[-1] and columns >= FEW)
        if lines[-1] and used + segment.slots > room:
            lines.append([])
        lines[-1].append(segment)
    return lines


def folded(blocks: Sequence[Block]) -> list[tuple[Block, ...]]:
    """The first block, which differs from the rest, and the rest as one."""
    return [tuple(blocks[:1]), tuple(blocks[1:])] if len(blocks) > 2 else [(block,) for block in blocks]
