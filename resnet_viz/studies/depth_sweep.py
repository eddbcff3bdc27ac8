"""Final training error against depth: many runs as one job, plain and residual, several seeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from statistics import fmean
from typing import NamedTuple

from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.refused import Refused
from resnet_viz.studies.race import DEPTHS, network, network_like, raced_like
from resnet_viz.studies.recorded import recording
from resnet_viz.studies.study import Study
from resnet_viz.training.experiment import Experiment

MAX_RUNS = 60
MOST_SEEDS = 10


class DepthPoint(NamedTuple):
    """What the seeds of one depth ended with."""

    depth: int
    plain: bool
    errors: tuple[float, ...]
    """Smoothed training error at the last step, a value a finished seed."""

    @property
    def mean(self) -> float:
        """Over the seeds."""
        return fmean(self.errors)


@dataclass(frozen=True)
class Sweep(Study[Experiment, tuple[DepthPoint, ...]]):
    """Twins of every depth with every seed. All else is as in `like`, as far as networks like it have these depths;
    its own depth, skips and seed do not matter.

    `str` is short and fit for a URL; `parse` inverts it.
    """

    depths: tuple[int, ...] = (8, 20, 32, 44, 56)
    seeds: int = field(default=3, kw_only=True)
    like: Experiment = field(default=Experiment(network(8)), kw_only=True)

    def __post_init__(self) -> None:
        if not self.depths:
            raise Refused("no_depths")
        if any(depth not in DEPTHS for depth in self.depths) or list(self.depths) != sorted({*self.depths}):
            raise Refused("depths", words=", ".join(map(str, DEPTHS)), given=self.depths)
        if not 1 <= self.seeds <= MOST_SEEDS:
            raise Refused("number", field="seeds", low=1, high=MOST_SEEDS, given=self.seeds)
        if len(self.depths) * self.seeds * 2 > MAX_RUNS:
            raise Refused("sweep_runs", most=MAX_RUNS, given=len(self.depths) * self.seeds * 2)
        smallest = network_like(raced_like(self.like.spec), DEPTHS[0], plain=False)
        object.__setattr__(self, "like", replace(self.like, spec=smallest, seed=0))

    def _spec(self, depth: int, *, plain: bool) -> ResNetSpec:
        return network_like(self.like.spec, depth, plain=plain)

    def __str__(self) -> str:
        return "!".join([".".join(map(str, self.depths)), str(self.seeds), str(self.like)])

    @classmethod
    def parse(cls, text: str) -> Sweep:
        """Raises `ValueError` that quotes what it does not know."""
        parts = text.split("!")
        if len(parts) != 3 or not all(
            part.isascii() and part.isdigit() and len(part) < 5 for part in [*parts[0].split("."), parts[1]]
        ):
            raise Refused("sweep", given=text)
        return cls(tuple(map(int, parts[0].split("."))), seeds=int(parts[1]), like=Experiment.parse(parts[2]))

    @property
    def calls(self) -> tuple[Experiment, ...]:
        """All runs; a whole curve of the first seed comes before the second."""
        return tuple(
            replace(self.like, spec=self._spec(depth, plain=plain), seed=seed)
            for seed in range(self.seeds)
            for depth in self.depths
            for plain in (True, False)
        )

    def assemble(self, results: Sequence[float | None]) -> tuple[DepthPoint, ...]:
        """From smoothed training errors at the last step. Plain before residual, by depth; a depth without any is left out."""
        found: dict[tuple[bool, int], list[float]] = {}
        for e, error in zip(self.calls, results, strict=True):
            if error is not None:
                found.setdefault((e.spec.skips != "none", e.spec.depth), []).append(error)
        return tuple(DepthPoint(depth, not residual, tuple(errors)) for (residual, depth), errors in sorted(found.items()))

    def recorded(self) -> tuple[DepthPoint, ...]:
        if str(self) != recording("sweep")["sweep"]:
            raise KeyError(str(self))
        return self.assemble(recording("sweep")["errors"])
