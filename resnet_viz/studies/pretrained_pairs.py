"""Trained networks to measure on, and labelled pictures of the kind they were trained on."""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor

from resnet_viz.nets.cards import WeightsUnavailable
from resnet_viz.nets.presets import parse_network
from resnet_viz.nets.resnet import ResNet
from resnet_viz.nets.weights import card, shipped, trained
from resnet_viz.training.data.pictures import Pictures
from resnet_viz.training.data.sources import CIFAR, source
from resnet_viz.training.experiment import Experiment
from resnet_viz.training.trainer import pictures

DEPTHS = (20, 56)


def pairs() -> tuple[tuple[str, str], ...]:
    """The shipped networks that are twins, plain and residual, of `DEPTHS`, by name. No card is read."""
    return _pairs(shipped())


@lru_cache(maxsize=2)
def _pairs(names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    by_spec = {parse_network(name): name for name in names}
    plain = [spec for spec in by_spec if spec.skips == "none" and spec.depth in DEPTHS and spec.residual() in by_spec]
    return tuple((by_spec[spec], by_spec[spec.residual()]) for spec in plain)


def subjects() -> tuple[str, ...]:
    """The networks of all pairs whose pictures are known: of the two cards one can be read."""
    return tuple(name for pair in pairs() if _known(pair) for name in pair)


def twins(data: str, depth: int) -> tuple[str, str]:
    """The names of the plain and the residual network of this depth that were trained on these pictures.

    Raises `WeightsUnavailable`, where it may be damaged cards that hide them with what is wrong with one of those.
    """
    same = [pair for pair in pairs() if parse_network(pair[0]).depth == depth]
    for pair in same:
        if _known(pair) == data:
            return pair
    for pair in same:
        data_of(pair[0])  # of a damaged card it says what is wrong
    raise WeightsUnavailable("unknown", name=f"{data}-{depth}", names=", ".join(shipped()))


def _known(pair: tuple[str, str]) -> str:
    """What a pair was trained on; empty where neither card can be read."""
    try:
        return data_of(pair[0])
    except WeightsUnavailable:
        return ""


def data_of(name: str) -> str:
    """What the network was trained on, as `sources.source` calls it. Twins share their pictures, so one of their cards will do.

    Raises `WeightsUnavailable` where no card says so.
    """
    try:
        found = card(name)
    except WeightsUnavailable:
        twin = next((other for pair in pairs() if name in pair for other in pair if other != name), None)
        if twin is None:
            raise
        found = card(twin)
    return Experiment.parse(found.experiment).data if found.experiment else CIFAR


def has_pictures(name: str) -> bool:
    """Whether labelled pictures for this network are on this machine: Shapes always, CIFAR-10 once somebody has fetched it."""
    try:
        source(data_of(name))
    except ValueError:
        return False
    return True


def subject_pictures(name: str, count: int = 512) -> tuple[Tensor, Tensor]:
    """The first `count` test pictures (N, 3, H, W), as the network takes them, and their labels (N,).

    Raises `ValueError` where they are not on this machine.
    """
    test: Pictures = pictures(data_of(name), 0)[1]
    return as_input(name, test, count)


@lru_cache(maxsize=8)
def subject(name: str) -> ResNet:
    """A shipped network, ready to be measured: never change it."""
    return trained(name).requires_grad_(False).to(memory_format=torch.channels_last)


def some_pictures(name: str, start: int, stop: int) -> tuple[Tensor, Tensor]:
    """The subject's test pictures from `start` to before `stop`, as `subject_pictures` gives them."""
    x, y = _first(name)
    return x[start:stop], y[start:stop]


@lru_cache(maxsize=2)
def _first(name: str) -> tuple[Tensor, Tensor]:
    return subject_pictures(name)


def as_input(name: str, data: Pictures, count: int) -> tuple[Tensor, Tensor]:
    """The first `count` of these pictures, normalised as the network's card says, and their labels."""
    mean, std = torch.tensor(card(name).mean), torch.tensor(card(name).std)
    rows = data.some(slice(count))
    return rows.normalised(mean, std), rows.labels
