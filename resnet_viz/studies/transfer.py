"""Classes of one's own on a frozen network: which networks there are, and what a linear layer makes of their features.

What a network is compared with, on the same pictures and by the same linear layer: its plain twin where that ships too, the
same network untrained, and the bare pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from resnet_viz.nets.cards import Card, WeightsUnavailable
from resnet_viz.nets.presets import parse_network
from resnet_viz.nets.resnet import ResNet, build
from resnet_viz.nets.settled import settled
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.nets.weights import card, has_weights, shipped, trained
from resnet_viz.pictures import to_square
from resnet_viz.probes.features import features
from resnet_viz.probes.few_pictures import ByCount, accuracy_by_count
from resnet_viz.probes.linear_head import leave_one_out
from resnet_viz.samples.to_teach import set_to_teach
from resnet_viz.training.data.pictures import normalise

SOURCES = ("trained", "plain", "untrained", "pixels")
"""What the linear layer may read. `pixels` are those of the picture at `PIXEL_SIDE`, normalised."""
PIXEL_SIDE = 32
QUIZ_NETWORK, QUIZ_SET = "cifar_resnet56", "drawings"


def backbones() -> tuple[str, ...]:
    """The networks that ship trained, have skips and see colours, those that see the largest pictures first, then the best.

    One whose card is damaged is left out.
    """
    found = []
    for name in shipped():
        spec = parse_network(name)
        if spec.skips != "all" or spec.in_channels != 3 or not has_weights(name):
            continue
        try:
            known = card(name)
        except WeightsUnavailable:
            continue
        found.append((-known.size, -known.test_accuracy, name))
    return tuple(name for *_, name in sorted(found))


def plain_twin(name: str) -> str | None:
    """The plain network of the same layers, where it ships too with weights."""
    twin = parse_network(name).plain()
    return next((other for other in shipped() if parse_network(other) == twin and has_weights(other)), None)


def sources(name: str) -> tuple[str, ...]:
    """Those of `SOURCES` that there are for a network."""
    return tuple(source for source in SOURCES if source != "plain" or plain_twin(name))


def as_input(pictures: Sequence[Image.Image], known: Card, *, normalised: bool = True) -> Tensor:
    """(N, 3, S, S): the middle square of each picture at the size of the card's pictures, with its mean and deviation taken out.

    Without `normalised` the values are from 0 to 1, as a picture file gives them.
    """
    arrays = np.stack([np.asarray(to_square(picture, known.size).convert("RGB")) for picture in pictures])  # (N, S, S, 3)
    images = torch.from_numpy(arrays).permute(0, 3, 1, 2)  # (N, 3, S, S), uint8
    if not normalised:
        return images.float() / 255
    return normalise(images, torch.tensor(known.mean), torch.tensor(known.std))


def pixels(pictures: Sequence[Image.Image], known: Card) -> Tensor:
    """(N, 3 · 32 · 32): the pictures themselves, small and normalised."""
    return as_input(pictures, known._replace(size=PIXEL_SIDE)).flatten(1)


def untrained(spec: ResNetSpec) -> ResNet:
    """The same network before its training, with BN statistics of noise."""
    return settled(build(spec, 0), 0)


class Sources(NamedTuple):
    """How well the same linear layer does on each of `sources`."""

    by_count: dict[str, tuple[ByCount, ...]]

    def accuracy(self, source: str, count: int) -> float:
        """With so many pictures a class."""
        return next(point.accuracy for point in self.by_count[source] if point.pictures == count)


class Modes(NamedTuple):
    """Right guesses (0 to 1) of heads that were trained in evaluation mode, each about the picture that it has not seen."""

    evaluation: float
    alone: float
    """The network in training mode, one picture a batch: `eval()` was forgotten."""
    together: float
    """In training mode, all pictures in one batch."""
    bare: float
    """In evaluation mode, the picture not normalised."""


def modes(network: ResNet, pictures: Sequence[Image.Image], known: Card, labels: Tensor, classes: int) -> Modes:
    """What becomes of a trained head when the network under it is used wrongly."""
    x = as_input(pictures, known)
    bare = as_input(pictures, known, normalised=False)
    return _modes(network, x, bare, features(network, x), labels, classes)


def _modes(network: ResNet, x: Tensor, bare: Tensor, right: Tensor, labels: Tensor, classes: int) -> Modes:
    """`x` and `bare` are the pictures, normalised and not; `right` is what the network makes of `x` in evaluation mode."""
    alone = torch.cat([features(network, one[None], training=True) for one in x])
    together = features(network, x, training=True)

    def accuracy(asked: Tensor) -> float:
        return float((leave_one_out(right, labels, classes, asked) == labels).double().mean())

    return Modes(accuracy(right), accuracy(alone), accuracy(together), accuracy(features(network, bare)))


def labels_of(pictures: Sequence[Sequence[object]]) -> Tensor:
    """(N,): the class of each picture, class after class."""
    return torch.tensor([k for k, own in enumerate(pictures) for _ in own], dtype=torch.long)


class Shipped(NamedTuple):
    """What is found with a set that ships, in one network."""

    sources: Sources
    modes: Modes
    pictures: int
    classes: int


@lru_cache(maxsize=4)
def measured(name: str = QUIZ_NETWORK, code: str = QUIZ_SET) -> Shipped:
    """The whole measurement for a set that ships. Raises `WeightsUnavailable`."""
    known, taught = card(name), set_to_teach(code).taught
    pictures, labels, classes = [p for own in taught for p in own], labels_of(taught), len(taught)
    x, network = as_input(pictures, known), trained(name)
    found = {"trained": features(network, x), "untrained": features(untrained(known.spec), x), "pixels": pixels(pictures, known)}
    if twin := plain_twin(name):
        found["plain"] = features(trained(twin), x)
    by_count = {source: accuracy_by_count(rows, labels, classes) for source, rows in found.items()}
    wrong = _modes(network, x, as_input(pictures, known, normalised=False), found["trained"], labels, classes)
    return Shipped(Sources(by_count), wrong, len(pictures), classes)
