"""The two residual blocks held against each other: the terms of their cost, and three comparisons, as data.

A block has C channels in and out; inside, a bottleneck works on C/4. Stride is 1 and the shortcut is the identity, as in every
block of a stage but the first (He et al. 2015, Fig. 5). The terms come from the formula kernel² · in · out · H · W and not from
`plan`, so that tests can hold one against the other.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

from resnet_viz.csv_table import table
from resnet_viz.nets.plan import Block, Layer, Plan, plan
from resnet_viz.nets.presets import preset
from resnet_viz.nets.spec import EXPANSION, ResNetSpec

BLOCK = "layer1.1"
"""The block of `block_spec`'s network that is meant: the second, whose input is already C channels wide."""
PAPER = {"basic": 64, "bottleneck": 256}
"""The channels of the pair that He et al. 2015 draw in Fig. 5."""


class Term(NamedTuple):
    """One convolution of a block, and what it adds to the block's cost."""

    name: str
    kernel: int
    in_channels: int
    out_channels: int
    share: Fraction
    """Its multiply-adds in units of C²HW."""
    macs: int


def terms(block: str, channels: int, height: int, width: int) -> tuple[Term, ...]:
    """The convolutions of a block of C `channels` on H×W positions, in the order in which they run.

    >>> [str(term.share) for term in terms("bottleneck", 256, 56, 56)]
    ['1/4', '9/16', '1/4']
    """
    _check(block, channels)
    inner = channels // EXPANSION[block]
    sizes = [(3, channels, channels)] * 2
    if block == "bottleneck":
        sizes = [(1, channels, inner), (3, inner, inner), (1, inner, channels)]
    found = []
    for n, (kernel, c_in, c_out) in enumerate(sizes, 1):
        weights = kernel**2 * c_in * c_out
        found.append(Term(f"conv{n}", kernel, c_in, c_out, Fraction(weights, channels**2), weights * height * width))
    return tuple(found)


def shares(block: str) -> Fraction:
    """A block's multiply-adds in units of C²HW, whatever C is: 18 or 17/16."""
    return sum((term.share for term in terms(block, 4, 1, 1)), Fraction(0))


def block_spec(block: str, channels: int) -> ResNetSpec:
    """A small network whose block `BLOCK` has C `channels` in and out; its stem leaves H×W as it is."""
    _check(block, channels)
    return ResNetSpec(block=block, stages=(2,), width=channels // EXPANSION[block], stem="cifar", classes=10)


def block_plan(block: str, channels: int, height: int, width: int) -> Block:
    """One block by the rules of `plan`: parameters with BN's, multiply-adds, activation memory."""
    return plan(block_spec(block, channels), (height, width)).block(BLOCK)


def kept_at_a_position(block: str, channels: int) -> int:
    """Bytes that training keeps for each position of the maps: what one position more adds. BN's batch means and deviations are
    as many whatever the size, and no position's.

    >>> kept_at_a_position("basic", 64)
    1024
    """
    one, two = (block_plan(block, channels, 1, width).activation_bytes for width in (1, 2))
    return two - one


def _check(block: str, channels: int) -> None:
    if block not in EXPANSION:
        raise ValueError(f"block must be one of {', '.join(map(repr, EXPANSION))}, got {block!r}")
    if channels < 1 or channels % EXPANSION[block]:
        raise ValueError(f"a {block} block's channels must be a positive multiple of {EXPANSION[block]}, got {channels}")


def bytes_moved(layers: Iterable[Layer]) -> int:
    """Float32 bytes that these layers read and write, if each reads its inputs and parameters and writes its output once.

    That is the traffic without any cache. An identity moves nothing, and a flattening only renames.
    """
    return sum(
        4 * (len(layer.inputs) * math.prod(layer.in_shape) + layer.params + math.prod(layer.out_shape))
        for layer in layers
        if layer.kind not in ("identity", "flatten")
    )


class BlockComparison(NamedTuple):
    """Two things of which one is built from basic blocks and the other from bottlenecks."""

    name: str
    """`same` (equal C), `paper` (64 against 256 channels) or `networks` (ResNet-34 against ResNet-50)."""
    basic: Block | Plan
    bottleneck: Block | Plan

    def ratio(self, cost: str) -> float:
        """The bottleneck's `macs`, `params` or `activation_bytes` over the basic block's."""
        return float(getattr(self.bottleneck, cost) / getattr(self.basic, cost))


COSTS = ("macs", "params", "activation_bytes")


def comparisons(channels: int, height: int, width: int, size: int = 224) -> tuple[BlockComparison, ...]:
    """The three comparisons: at equal C, as the paper draws them, and two whole networks on `size`×`size` pictures."""
    same = (block_plan(block, channels, height, width) for block in PAPER)
    paper = (block_plan(block, c, height, width) for block, c in PAPER.items())
    return (
        BlockComparison("same", *same),
        BlockComparison("paper", *paper),
        BlockComparison("networks", plan(preset("resnet34"), size), plan(preset("resnet50"), size)),
    )


def to_csv(compared: Sequence[BlockComparison]) -> str:
    """One row a comparison and cost: `comparison, cost, basic, bottleneck, ratio`."""
    rows: list[tuple[object, ...]] = [("comparison", "cost", "basic", "bottleneck", "ratio")]
    for pair in compared:
        for cost in COSTS:
            rows.append((pair.name, cost, getattr(pair.basic, cost), getattr(pair.bottleneck, cost), f"{pair.ratio(cost):.6g}"))
    return table(rows)
