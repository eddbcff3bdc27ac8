"""Networks raced against each other: which ones, what they are called, and what their curves say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.refused import Refused
from resnet_viz.training.experiment import Experiment

DEPTHS = (8, 14, 20, 26, 32, 38, 44, 50, 56, 74, 92, 110)
"""6n + 2, as in He et al. 2015, §4.2."""
CLEAR = 0.05
"""Differences in training error below this are not called a difference."""


def network(depth: int, *, plain: bool = False) -> ResNetSpec:
    """The CIFAR family at width 8 with a stem of stride 2: small enough to train while one waits.

    Raises `ValueError` for a depth that is not 6n + 2.
    """
    n, rest = divmod(depth - 2, 6)
    if rest or n < 1:
        raise Refused("depth", given=depth)
    spec = ResNetSpec(stages=(n, n, n), width=8, stem="cifar/2", shortcut="A", classes=10)
    return spec.plain() if plain else spec


DEFAULT_RACE = (
    Experiment(network(8, plain=True)),
    Experiment(network(20, plain=True)),
    Experiment(network(32, plain=True)),
    Experiment(network(32)),
)
DRAMATIC_RACE = (Experiment(network(20, plain=True)), Experiment(network(56, plain=True)), Experiment(network(56)))


class Outcome(NamedTuple):
    """Where a run stands."""

    experiment: Experiment
    steps: int
    error: float
    """Smoothed training error at that step, 0 to 1."""


class Verdict(NamedTuple):
    """What a race shows about its deepest plain network, as far as its numbers say it."""

    plain: Outcome
    twin: Outcome | None
    shallow: Outcome | None
    """The plain network of the lowest error among the shallower ones."""
    hurt_plain: bool | None
    """Whether the deep plain network trains worse than the shallow one; None where there is none to compare with."""
    hurt_twin: bool | None
    """Whether the residual twin trains worse than the shallow plain network."""


def verdict(outcomes: Sequence[Outcome]) -> Verdict | None:
    """None while there is no plain network, or one whose rivals have not come as far."""
    plain = [o for o in outcomes if o.experiment.spec.skips == "none"]
    if not plain:
        return None
    deep = max(plain, key=lambda o: o.experiment.spec.depth)
    whole = deep.experiment.spec.residual()
    equal = [o for o in outcomes if o.steps == deep.steps]
    twin = next((o for o in equal if o.experiment.spec == whole), None)
    shallower = [o for o in equal if o.experiment.spec.skips == "none" and o.experiment.spec.depth < deep.experiment.spec.depth]
    shallow = min(shallower, key=lambda o: o.error, default=None)
    hurt = deep.error > shallow.error + CLEAR if shallow else None
    twin_hurt = twin.error > shallow.error + CLEAR if shallow and twin else None
    return Verdict(deep, twin, shallow, hurt, twin_hurt)
