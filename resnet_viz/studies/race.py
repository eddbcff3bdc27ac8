"""Networks raced against each other: which ones, which of them may be compared, and what their curves say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from typing import Literal, NamedTuple

from resnet_viz.nets.spec import CONVOLUTIONS, ResNetSpec
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


def network_like(spec: ResNetSpec, depth: int, *, plain: bool) -> ResNetSpec:
    """`spec` with another depth, as many blocks in every stage, and all or none of the skips.

    Raises `ValueError` for a depth that its stages cannot have.
    """
    n, rest = divmod(depth - 2, _layers(spec))
    if rest or n < 1:
        raise Refused("depth", given=depth)
    return replace(spec, stages=(n,) * len(spec.stages), skips="none" if plain else "all")


def depths_like(spec: ResNetSpec) -> tuple[int, ...]:
    """`DEPTHS` where networks like `spec` have them; else theirs with as many blocks a stage, up to the deepest of these."""
    if raced_like(spec) == spec:
        return DEPTHS
    found = (2 + (depth - 2) // _layers(network(depth)) * _layers(spec) for depth in DEPTHS)
    return tuple(depth for depth in found if depth <= DEPTHS[-1])


def raced_like(spec: ResNetSpec) -> ResNetSpec:
    """`spec` where networks like it have all of `DEPTHS`; else all that three stages of basic blocks can have of it."""
    if not (DEPTHS[0] - 2) % _layers(spec):
        return spec
    return replace(spec, block="basic", stages=(1, 1, 1), groups=1, width_per_group=64, stride_on="3x3", skips="all")


def _layers(spec: ResNetSpec) -> int:
    """By how many layers a network grows with a block more in every stage."""
    return CONVOLUTIONS[spec.block] * len(spec.stages)


DEFAULT_RACE = (
    Experiment(network(8, plain=True)),
    Experiment(network(20, plain=True)),
    Experiment(network(32, plain=True)),
    Experiment(network(32)),
)
DRAMATIC_RACE = (Experiment(network(20, plain=True)), Experiment(network(56, plain=True)), Experiment(network(56)))

SLOWER_RACE = tuple(
    Experiment(network(depth, plain=plain), steps=2_000, schedule="cosine")
    for depth, plain in ((20, True), (32, True), (56, True), (56, False))
)
"""Long enough, with a rate that falls to 0, to see which of the deep networks were only slower."""


class Outcome(NamedTuple):
    """Where a run stands."""

    experiment: Experiment
    steps: int
    error: float
    """Smoothed training error at that step, 0 to 1."""


def setting(e: Experiment) -> Experiment:
    """What a run has in common with all that differ from it in depth and skips alone."""
    return replace(e, spec=replace(e.spec, stages=(1,) * len(e.spec.stages), skips="all"))


def groups(outcomes: Iterable[Outcome]) -> list[list[Outcome]]:
    """The outcomes that may be compared with each other, group by group."""
    found: dict[Experiment, list[Outcome]] = {}
    for outcome in outcomes:
        found.setdefault(setting(outcome.experiment), []).append(outcome)
    return list(found.values())


def values(e: Experiment) -> dict[str, object]:
    """All that a run is given besides depth and skips, by the field's name."""
    spec = setting(e).spec
    of_network = {f.name: getattr(spec, f.name) for f in fields(spec) if f.name != "skips"}
    return of_network | {f.name: getattr(e, f.name) for f in fields(e) if f.name != "spec"}


def differing(experiments: Iterable[Experiment]) -> tuple[str, ...]:
    """The fields besides depth and skips in which not all of these agree."""
    found = [values(e) for e in experiments]
    return tuple(name for name in (found[0] if found else ()) if len({repr(each[name]) for each in found}) > 1)


class Verdict(NamedTuple):
    """What runs that may be compared show about the deepest plain network among them, as far as their numbers say it."""

    plain: Outcome
    twin: Outcome | None
    shallow: Outcome | None
    """The plain network of the lowest error among the shallower ones."""
    shallow_twin: Outcome | None
    """The residual twin of `shallow`."""

    @property
    def skips(self) -> Literal["help", "alike", "hurt"] | None:
        """What the skips do to the deep network; None without its twin."""
        if self.twin is None:
            return None
        gain = self.plain.error - self.twin.error
        return "alike" if abs(gain) <= CLEAR else "help" if gain > 0 else "hurt"

    @property
    def hurts_plain(self) -> bool | None:
        """Whether the deep plain network trains worse than the shallow one; None where there is none."""
        return None if self.shallow is None else self.plain.error > self.shallow.error + CLEAR

    @property
    def hurts_twin(self) -> bool | None:
        """The same of the residual networks; without a shallow one the deep one is held against the shallow plain one."""
        shallow = self.shallow_twin or self.shallow
        return None if self.twin is None or shallow is None else self.twin.error > shallow.error + CLEAR


def verdict(outcomes: Sequence[Outcome]) -> Verdict | None:
    """None without a plain network. All outcomes are of one of `groups`; who has not come as far is not compared."""
    plain = [o for o in outcomes if o.experiment.spec.skips == "none"]
    if not plain:
        return None
    deep = max(plain, key=lambda o: o.experiment.spec.depth)
    equal = [o for o in outcomes if o.steps == deep.steps]
    shallower = [o for o in equal if o.experiment.spec.skips == "none" and o.experiment.spec.depth < deep.experiment.spec.depth]
    shallow = min(shallower, key=lambda o: o.error, default=None)
    return Verdict(deep, _twin(deep, equal), shallow, _twin(shallow, equal) if shallow else None)


def _twin(plain: Outcome, among: Sequence[Outcome]) -> Outcome | None:
    return next((o for o in among if o.experiment.spec == plain.experiment.spec.residual()), None)
