"""What deleting and swapping blocks of trained twins shows, as sentences: no more than the numbers do."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean, median
from typing import TYPE_CHECKING, NamedTuple

from resnet_viz.text import Lesson

if TYPE_CHECKING:
    from resnet_viz.studies.block_deletion import Deletions

CHANCE = 0.9
"""The error of guessing among ten classes."""
LOST = 0.05
"""A network whose error is this close to guessing has nothing to lose."""


class Twin(NamedTuple):
    """One network of the pair, with what is known of it."""

    name: str
    """Name of the shipped weights."""
    depth: int
    plain: bool
    blocks: tuple[str, ...]
    found: Deletions

    def title(self, words: Lesson) -> str:
        """As people call it."""
        return words.say("plain" if self.plain else "residual", depth=self.depth)


def one_sentences(twins: Sequence[Twin], words: Lesson) -> list[str]:
    """What deleting single blocks shows, network by network."""
    said = []
    for twin in twins:
        if twin.found.each is None:
            continue
        undisturbed, *rest = [score.error for score in twin.found.each.scores]
        if undisturbed > CHANCE - LOST:
            said.append(words.say("said_lost", name=twin.title(words), undisturbed=undisturbed))
            continue
        worst = max(range(len(rest)), key=rest.__getitem__)
        said.append(
            words.say(
                "said_one",
                name=twin.title(words),
                undisturbed=undisturbed,
                low=min(rest),
                high=rest[worst],
                middle=median(rest),
                worst=twin.blocks[worst],
                count=len(rest),
                pictures=f"{twin.found.each.pictures:,}",
            )
        )
    return said


def some_sentences(twins: Sequence[Twin], words: Lesson) -> list[str]:
    """How many blocks each network can lose before half of what it can is lost."""
    said = []
    for twin in twins:
        undisturbed = _undisturbed(twin)
        if undisturbed > CHANCE - LOST:
            said.append(words.say("said_lost_points", name=twin.title(words), undisturbed=undisturbed))
            continue
        half = (undisturbed + CHANCE) / 2
        means = {count: fmean(errors) for count, errors in sorted(twin.found.random.items())}
        over = [count for count, error in means.items() if error > half]
        if over:
            values = {"count": over[0], "error": means[over[0]], "all": len(twin.blocks), "half": half}
            said.append(words.say("said_some", name=twin.title(words), **values))
        elif means:
            last = max(means)
            said.append(words.say("said_some_never", name=twin.title(words), count=last, error=means[last], half=half))
    return said


def _undisturbed(twin: Twin) -> float:
    """The error of the whole network, as it was recorded where it is not measured along."""
    from resnet_viz.studies.block_deletion import BlockDeletion

    each = twin.found.each or BlockDeletion(twin.name, "one").recorded().each
    assert each
    return each.scores[0].error


def swap_sentences(twins: Sequence[Twin], words: Lesson) -> list[str]:
    """What swapping shows, network by network."""
    said = []
    for twin in twins:
        undisturbed, errors = _undisturbed(twin), list(twin.found.swaps.values())
        if undisturbed > CHANCE - LOST:
            said.append(words.say("said_lost_points", name=twin.title(words), undisturbed=undisturbed))
        elif errors:
            values = {"undisturbed": undisturbed, "middle": median(errors), "high": max(errors), "count": len(errors)}
            said.append(words.say("said_swap", name=twin.title(words), **values))
    return said
