"""The sentence that the numbers of a block say: from values only."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from resnet_viz.text import Lesson
from resnet_viz.ui.kit.numbers import length, times

if TYPE_CHECKING:
    from resnet_viz.probes.steps import BlockSteps


ALIKE = 0.05
"""Lengths that differ by less than this share are called alike."""


class BlockNumbers(NamedTuple):
    """What the sentence is made of."""

    block: str
    adds: bool
    """Whether the skip is there."""
    reshapes: bool
    """Whether the shortcut changes the shape of x."""
    projects: bool
    """Whether the shortcut is anything but the identity."""
    branch: float
    """‖F(x)‖."""
    carried: float
    """‖x‖ as the shortcut brings it to the plus; 0 without a skip."""
    equal: int
    """Numbers of the block's output that equal x; 0 where the shapes differ."""
    zeros: int
    """Numbers of the block's output that are 0."""
    total: int


def numbers_of(found: BlockSteps) -> BlockNumbers:
    first, branch, last = found.steps[0].value, found.of_term("F"), found.steps[-1].value
    assert branch
    shortcut = found.of_term("x")
    adds = any(step.term == "+" for step in found.steps)
    carried = shortcut.value if adds and shortcut else first[:0]
    return BlockNumbers(
        block=found.block,
        adds=adds,
        reshapes=adds and carried.shape != first.shape,
        projects=adds and shortcut is not found.steps[0],
        branch=float(branch.value.double().norm()),
        carried=float(carried.double().norm()),
        equal=int((last == first).sum()) if last.shape == first.shape else 0,
        zeros=int((last == 0).sum()),
        total=last.numel(),
    )


def sentence(n: BlockNumbers, words: Lesson) -> str:
    """What the block did to x. Right for every block that the page shows."""
    values = {"block": n.block, "count": f"{n.total:,}", "equal": f"{n.equal:,}", "zeros": f"{n.zeros:,}"}
    if n.branch == 0:
        if not n.adds:
            return words.say("said_nothing", **values)
        if n.projects:
            return words.say("said_silent_change" if n.reshapes else "said_silent_projected", **values)
        return words.say("said_silent" if n.equal == n.total else "said_silent_nearly", **values)
    if not n.adds:
        return words.say("said_plain", **values)
    if n.carried == 0:
        return words.say("said_no_x", **values)
    ratio = n.branch / n.carried
    sizes = {"branch": length(n.branch), "carried": length(n.carried)}
    if abs(ratio - 1) < ALIKE:
        return words.say("said_alike", **sizes, **values)
    if ratio > 1:
        return words.say("said_longer", ratio=f"{ratio:.2f}" if ratio < 10 else times(ratio), **sizes, **values)
    key = "said_shorter" if ratio >= 0.01 else "said_much_shorter"
    return words.say(key, share=f"{max(ratio, 0.01):.0%}", **sizes, **values)
