"""Trained networks to measure on, and labelled pictures of the kind they were trained on."""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor

from resnet_viz.nets.resnet import ResNet
from resnet_viz.nets.weights import card, shipped, trained
from resnet_viz.training.data.pictures import Pictures
from resnet_viz.training.data.sources import CIFAR, source
from resnet_viz.training.experiment import Experiment
from resnet_viz.training.trainer import pictures

DEPTHS = (20, 56)


@lru_cache
def subjects() -> tuple[str, ...]:
    """The shipped networks that were trained as twins, plain and residual of two depths on each kind of pictures, by name."""
    kinds: dict[tuple[object, ...], list[str]] = {}
    for name in shipped():
        spec = card(name).spec
        if spec.depth in DEPTHS:
            kinds.setdefault((spec.residual(), data_of(name)), []).append(name)
    return tuple(name for names in kinds.values() if len(names) == 2 for name in names)


def twins(data: str, depth: int) -> tuple[str, str]:
    """The names of the plain and the residual network of this depth that were trained on these pictures."""
    found = {card(name).spec.skips: name for name in subjects() if data_of(name) == data and card(name).spec.depth == depth}
    if len(found) != 2:
        raise ValueError(f"no twins of depth {depth} trained on {data!r} come with the package")
    return found["none"], found["all"]


def data_of(name: str) -> str:
    """What the network was trained on, as `sources.source` calls it."""
    experiment = card(name).facts.get("experiment")
    return Experiment.parse(experiment).data if experiment else CIFAR


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
    rows = Pictures(data.images[:count], data.labels[:count], data.classes)
    return rows.normalised(mean, std), rows.labels
