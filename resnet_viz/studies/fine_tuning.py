"""`FineTuning`: a head on frozen features against the whole network trained on, by the number of pictures a class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from resnet_viz.jobs.shared_calls import Call
from resnet_viz.nets.weights import card, trained
from resnet_viz.probes.features import features
from resnet_viz.probes.linear_head import train_head
from resnet_viz.samples.to_teach import set_to_teach
from resnet_viz.studies.recorded import recording
from resnet_viz.studies.study import Study
from resnet_viz.studies.transfer import as_input, labels_of
from resnet_viz.training.fine_tuning import fine_tuned

NETWORK = "cifar_resnet20"
"""The smallest that sees colours: a draw takes seconds."""
COUNTS = (1, 2, 5, 10)
"""Pictures a class to learn from; the network is asked about all others of the set."""
DRAWS = 3
"""Times that others are drawn."""


class TunedDraw(NamedTuple):
    """Right guesses about the pictures that were not learned from."""

    frozen: int
    tuned: int
    asked: int


class TunedPoint(NamedTuple):
    """What so many pictures a class are good for: shares of right guesses, 0 to 1, over all draws."""

    pictures: int
    frozen: float
    tuned: float
    asked: int
    """Guesses that each share is of."""


def drawn(labels: Tensor, pictures: int, draw: int) -> tuple[Tensor, Tensor]:
    """Numbers of the pictures to learn from, so many a class, and of all others; labels (N,)."""
    generator = torch.Generator().manual_seed(draw)
    own = [(labels == k).nonzero()[:, 0] for k in range(int(labels.max()) + 1)]
    learned = torch.cat([rows[torch.randperm(len(rows), generator=generator)][:pictures] for rows in own])
    others = torch.ones(len(labels), dtype=torch.bool)
    others[learned] = False
    return learned, others.nonzero()[:, 0]


def compare(code: str, pictures: int, draw: int) -> TunedDraw:
    """One draw: the head alone, and then everything from there on. Raises `WeightsUnavailable`."""
    x, labels = _pictures(code)
    learned, others = drawn(labels, pictures, draw)
    network = trained(NETWORK)
    head = train_head(features(network, x[learned]), labels[learned], int(labels.max()) + 1)
    frozen = head.logits(features(network, x[others])).argmax(1)
    fine_tuned(network, head.weight, head.bias, x[learned], labels[learned])
    with torch.inference_mode():
        tuned = network(x[others]).argmax(1)
    right = [int((guesses == labels[others]).sum()) for guesses in (frozen, tuned)]
    return TunedDraw(right[0], right[1], len(others))


def _pictures(code: str) -> tuple[Tensor, Tensor]:
    """All pictures of a set (N, 3, S, S), as the network takes them, and their classes (N,)."""
    found = set_to_teach(code)
    every = [taught + kept for taught, kept in zip(found.taught, found.kept, strict=True)]
    return as_input([picture for own in every for picture in own], card(NETWORK)), labels_of(every)


@dataclass(frozen=True)
class FineTuning(Study[Call, tuple[TunedPoint, ...]]):
    """One of the sets to teach that ship, by its code."""

    code: str

    @property
    def calls(self) -> list[Call]:
        return [Call(compare, self.code, pictures, draw) for draw in range(DRAWS) for pictures in COUNTS]

    def assemble(self, results: Sequence[TunedDraw | None]) -> tuple[TunedPoint, ...]:
        """Of each count of which a draw is there."""
        draws = [[found for found in results[n :: len(COUNTS)] if found] for n in range(len(COUNTS))]
        return tuple(_point(count, own) for count, own in zip(COUNTS, draws, strict=True) if own)

    def recorded(self) -> tuple[TunedPoint, ...]:
        return self.assemble([TunedDraw(*draw) for draw in recording("fine_tuning")["sets"][self.code]])


def _point(pictures: int, draws: Sequence[TunedDraw]) -> TunedPoint:
    asked = sum(draw.asked for draw in draws)
    return TunedPoint(pictures, sum(d.frozen for d in draws) / asked, sum(d.tuned for d in draws) / asked, asked)
