"""Blocks of the shipped twins deleted or swapped: `BlockDeletion`, and `ChosenDeletion` for what a reader clicks.

A call works on a slice of the pictures, on which all deletions share what reaches the blocks. The slices are then put together,
so that every figure is there after the first slice and grows more certain with each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Literal, NamedTuple

from resnet_viz.jobs.shared_calls import Call
from resnet_viz.nets.plan import plan
from resnet_viz.nets.weights import card
from resnet_viz.probes.lesion import LesionScore, choices, lesion, lesion_blocks, swap_blocks, swappable
from resnet_viz.studies.pretrained_pairs import some_pictures, subject
from resnet_viz.studies.recorded import recording
from resnet_viz.studies.study import Study

PICTURES = 512
"""Labelled pictures of a live study of single deletions."""
FEWER = 256
"""The same where many combinations are tried."""
DRAWS = 8
"""Random choices of each number of blocks."""
DeletionKind = Literal["one", "some", "swap"]
"""One block deleted, some deleted together, two swapped."""
_WORK = 3e10
"""Multiply-adds of a call: some tenths of a second, so that figures arrive and stopping works."""


class Slice(NamedTuple):
    """Scores on some of the pictures: what a call returns, and what slices add up to."""

    pictures: int
    scores: tuple[LesionScore, ...]


class Deletions(NamedTuple):
    """What is known of one network."""

    each: Slice | None
    """Undisturbed, then each block deleted in turn; None before the first slice."""
    random: Mapping[int, tuple[float, ...]]
    """Error by number of blocks deleted together, a figure a random choice."""
    swaps: Mapping[tuple[str, str], float]
    """Error by pair of swapped blocks."""
    fewer: int
    """Pictures on which `random` and `swaps` were measured."""


def merged(slices: Sequence[Slice | None]) -> Slice | None:
    """The slices that are there as one; None while there is none.

    >>> merged([Slice(1, (LesionScore(2.0, 1.0),)), None, Slice(3, (LesionScore(1.0, 0.0),))])
    Slice(pictures=4, scores=(LesionScore(loss=1.25, error=0.25),))
    """
    there = [one for one in slices if one is not None]
    if not there:
        return None
    pictures = sum(one.pictures for one in there)

    def mean(values: Sequence[float]) -> float:
        return fsum(value * one.pictures for value, one in zip(values, there, strict=True)) / pictures

    columns = zip(*(one.scores for one in there), strict=True)
    return Slice(pictures, tuple(LesionScore(mean([s.loss for s in c]), mean([s.error for s in c])) for c in columns))


# What a worker does


def each_block(name: str, start: int, stop: int) -> Slice:
    """The undisturbed network, then each block deleted in turn, on the pictures from `start` to before `stop`."""
    x, y = some_pictures(name, start, stop)
    return Slice(len(y), tuple(found.score for found in lesion(subject(name), x, y)))


def without(name: str, deleted: tuple[str, ...], start: int, stop: int) -> Slice:
    """The network without some of its blocks."""
    x, y = some_pictures(name, start, stop)
    return Slice(len(y), (lesion_blocks(subject(name), x, y, deleted),))


def swapped(name: str, one: str, other: str, start: int, stop: int) -> Slice:
    """The network with two blocks in each other's place."""
    x, y = some_pictures(name, start, stop)
    return Slice(len(y), (swap_blocks(subject(name), x, y, one, other),))


# What a page asks for


@dataclass(frozen=True)
class BlockDeletion(Study[Call, Deletions]):
    """One shipped network, by name, and one kind of deletion."""

    network: str
    kind: DeletionKind

    @property
    def calls(self) -> list[Call]:
        blocks = card(self.network).spec.blocks
        if self.kind == "one":
            return [Call(each_block, self.network, *rows) for rows in slices(self.network)]
        if self.kind == "some":
            chosen = [names for count in random_counts(len(blocks)) for names in choices(blocks, count, DRAWS, seed=0)]
            return [Call(without, self.network, names, 0, FEWER) for names in chosen]
        return [Call(swapped, self.network, *pair, 0, FEWER) for pair in swappable(card(self.network).spec)]

    def assemble(self, results: Sequence[Slice | None]) -> Deletions:
        if self.kind == "one":
            return Deletions(merged(results), {}, {}, 0)
        errors = [None if found is None else found.scores[0].error for found in results]
        spec = card(self.network).spec
        if self.kind == "swap":
            pairs = zip(swappable(spec), errors, strict=True)
            return Deletions(None, {}, {pair: error for pair, error in pairs if error is not None}, FEWER)
        random: dict[int, tuple[float, ...]] = {}
        for i, count in enumerate(random_counts(len(spec.blocks))):
            there = tuple(error for error in errors[i * DRAWS : (i + 1) * DRAWS] if error is not None)
            random |= {count: there} if there else {}
        return Deletions(None, random, {}, FEWER)

    def recorded(self) -> Deletions:
        """All kinds were recorded together."""
        found = recording("lesion")["networks"][self.network]
        return Deletions(
            Slice(found["pictures"], tuple(LesionScore(*score) for score in found["each"])),
            {int(count): tuple(errors) for count, errors in found["random"].items()},
            {(one, other): error for one, other, error in found["swaps"]},
            found["random_pictures"],
        )


@dataclass(frozen=True)
class ChosenDeletion(Study[Call, Slice | None]):
    """One shipped network without the blocks that somebody chose, on all pictures."""

    network: str
    deleted: tuple[str, ...]

    @property
    def calls(self) -> list[Call]:
        half = FEWER // 2
        return [Call(without, self.network, self.deleted, start, start + half) for start in range(0, PICTURES, half)]

    def assemble(self, results: Sequence[Slice | None]) -> Slice | None:
        return merged(results)

    def recorded(self) -> Slice | None:
        """Only none and single blocks were."""
        each = BlockDeletion(self.network, "one").recorded().each
        which: list[tuple[str, ...]] = [(), *((name,) for name in card(self.network).spec.blocks)]
        if each is None or self.deleted not in which:
            raise KeyError(self.deleted)
        return Slice(each.pictures, (each.scores[which.index(self.deleted)],))


def random_counts(blocks: int) -> tuple[int, ...]:
    """How many blocks are deleted together: each number in a shallow network, a selection in a deep one.

    >>> random_counts(9), random_counts(27)[-3:]
    ((1, 2, 3, 4, 5, 6, 7, 8), (18, 22, 26))
    """
    few = (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 18, 22, 26)
    return tuple(count for count in few if count < blocks)


def slices(name: str) -> list[tuple[int, int]]:
    """(first, behind the last) picture of each call: all deletions on them cost about `_WORK`."""
    known = card(name)
    passes = len(known.spec.blocks) / 2 + 1
    size = max(8, min(PICTURES // 4, int(_WORK / (plan(known.spec, known.size).macs * passes))))
    return [(start, min(start + size, PICTURES)) for start in range(0, PICTURES, size)]
