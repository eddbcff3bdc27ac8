"""What twice the channels buy where the picture is halved: three networks of 20 layers, trained alike with several seeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean
from typing import NamedTuple

from resnet_viz.nets.plan import Shape, plan
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.studies.race import network
from resnet_viz.studies.recorded import recording
from resnet_viz.training.data.sources import source
from resnet_viz.training.experiment import Experiment

_DOUBLING = network(20)
NETWORKS: dict[str, ResNetSpec] = {
    "doubled": _DOUBLING,
    "constant": replace(_DOUBLING, widen=1),
    "same_price": replace(_DOUBLING, width=12, widen=1),
}
"""By what is done with the channels: 8, 16, 32; 8 throughout; 12 throughout, which costs as many multiply-adds as 8, 16, 32."""
SEEDS = 5


class Trained(NamedTuple):
    """One way with the channels, trained."""

    name: str
    spec: ResNetSpec
    macs: int
    params: int
    shapes: tuple[Shape, ...]
    """(C, H, W) of what each stage puts out, for one of the pictures that it was trained on."""
    train: tuple[float, ...]
    """Smoothed training error at the last step, 0 to 1, one a seed."""
    test: tuple[float, ...]
    """Error on pictures that it has not seen, one a seed."""

    @property
    def mean(self) -> float:
        """Of the errors on pictures that it has not seen."""
        return fmean(self.test)


def experiments(specs: Sequence[ResNetSpec] = tuple(NETWORKS.values()), seeds: int = SEEDS) -> tuple[Experiment, ...]:
    """All runs, network by network."""
    return tuple(Experiment(spec, seed=seed) for spec in specs for seed in range(seeds))


def recorded() -> tuple[Trained, ...]:
    """As they were recorded. Raises `KeyError` where one of `NETWORKS` was not."""
    runs = [(Experiment.parse(run["experiment"]), run) for run in recording("widening")["runs"]]
    found = []
    for name, spec in NETWORKS.items():
        own = [(ran, run) for ran, run in runs if ran.spec == spec]
        if not own:
            raise KeyError(str(spec))
        p = plan(spec, source(own[0][0].data).size)
        train, test = (tuple(float(run[kind]) for _, run in own) for kind in ("train_error", "test_error"))
        found.append(Trained(name, spec, p.macs, p.params, tuple(stage.out_shape for stage in p.stages), train, test))
    return tuple(found)


def steps() -> int:
    """How many steps each was trained."""
    return Experiment.parse(recording("widening")["runs"][0]["experiment"]).steps
