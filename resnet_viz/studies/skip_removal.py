"""`SkipRemoval`: the skips of a shipped residual network removed one by one, beside its branches deleted one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

from resnet_viz.jobs.shared_calls import Call
from resnet_viz.nets.weights import card
from resnet_viz.probes.lesion import LesionScore, skip_lesion
from resnet_viz.studies.block_deletion import BlockDeletion, Slice, merged, slices
from resnet_viz.studies.pretrained_pairs import some_pictures, subject
from resnet_viz.studies.recorded import recording
from resnet_viz.studies.study import Study


class SkipErrors(NamedTuple):
    """Errors of one network, each a share of the pictures."""

    depth: int
    blocks: tuple[str, ...]
    whole: float
    without_skip: tuple[float, ...]
    """Of each block in turn: its skip removed."""
    without_branch: tuple[float, ...]
    """Of each block in turn: its residual branch deleted, the skip kept."""
    pictures: int

    @property
    def skip_median(self) -> float:
        return median(self.without_skip)

    @property
    def branch_median(self) -> float:
        return median(self.without_branch)


def each_skip(name: str, start: int, stop: int) -> Slice:
    """The undisturbed network, then each skip removed in turn, on the pictures from `start` to before `stop`."""
    x, y = some_pictures(name, start, stop)
    return Slice(len(y), tuple(found.score for found in skip_lesion(subject(name), x, y)))


@dataclass(frozen=True)
class SkipRemoval(Study[Call, SkipErrors]):
    """One shipped network that has all its skips, by name."""

    network: str

    @property
    def calls(self) -> list[Call]:
        return [Call(each_skip, self.network, *rows) for rows in slices(self.network)]

    def assemble(self, results: Sequence[Slice | None]) -> SkipErrors:
        return self._errors(merged(results))

    def recorded(self) -> SkipErrors:
        found = recording("skips")["networks"][self.network]
        return self._errors(Slice(found["pictures"], tuple(LesionScore(*score) for score in found["each"])))

    def _errors(self, found: Slice | None) -> SkipErrors:
        """With the branches from their own recording. Raises `KeyError` while nothing has been measured."""
        branches = BlockDeletion(self.network, "one").recorded().each
        if found is None or branches is None:
            raise KeyError(self.network)
        spec = card(self.network).spec
        whole, *skips = (score.error for score in found.scores)
        return SkipErrors(
            spec.depth, spec.blocks, whole, tuple(skips), tuple(score.error for score in branches.scores[1:]), found.pictures
        )
