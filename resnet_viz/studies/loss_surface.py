"""The loss on a plane through the weights of a shipped network: `LossSurface`, cut into pieces for the workers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import torch

from resnet_viz.jobs.shared_calls import Call
from resnet_viz.nets.plan import plan
from resnet_viz.nets.resnet import ResNet, build
from resnet_viz.nets.weights import card, trained
from resnet_viz.probes.landscape import Losses, Place, Plane, levels, order, surface_points
from resnet_viz.studies.pretrained_pairs import as_input, data_of
from resnet_viz.studies.recorded import recording
from resnet_viz.studies.study import Study
from resnet_viz.training.trainer import pictures

RECORDED_SIDE, LIVE_SIDE = 25, 11
RECORDED_PICTURES, LIVE_PICTURES = 256, 128
_WORK = 3e9
"""Multiply-adds of a piece: a fraction of a second, so that points arrive and stopping works."""
_MOST = 20
"""Points of a piece, so that small networks too are seen to grow."""


class Surface(NamedTuple):
    """A network's losses on a plane, as far as they are there."""

    name: str
    """Name of the shipped weights."""
    losses: Losses
    """(side, side) in nats; rows follow the second direction, columns the first; NaN where nothing has been measured."""
    reach: float
    """How far the plane reaches to either side, in lengths of a filter."""

    @property
    def share(self) -> float:
        """How much of it is there, 0 to 1."""
        return float(np.isfinite(self.losses).mean())

    @property
    def lines(self) -> list[int]:
        """The rows, and likewise columns, of the finest level of detail that is complete; none before there is one."""
        known = np.isfinite(self.losses)
        whole = [lines for lines in levels(len(known)) if known[np.ix_(lines, lines)].all()]
        return whole[-1] if whole else []


@dataclass(frozen=True)
class LossSurface(Study[Call, Surface]):
    """A plane through one shipped network."""

    network: str
    weights: str = "trained"
    """`trained`, or `untrained` for the ones that its training started from."""
    seed: int = 0
    """Seed of the two directions."""
    side: int = LIVE_SIDE
    reach: float = 1.0
    pictures: int = LIVE_PICTURES
    """How many training pictures are used, from the first on."""

    @property
    def calls(self) -> list[Call]:
        return [Call(losses_at, astuple(self), places) for places in self.pieces]

    def assemble(self, results: Sequence[list[float] | None]) -> Surface:
        losses = np.full((self.side, self.side), np.nan)
        for places, found in zip(self.pieces, results, strict=True):
            if found is not None:
                rows, columns = zip(*places, strict=True)
                losses[rows, columns] = found
        return Surface(self.network, losses, self.reach)

    def recorded(self) -> Surface:
        """The recording with its own seed, side and pictures, whatever this study has; its middle where the reach is smaller."""
        losses = np.array(recording("surfaces")["surfaces"][self.weights][self.network])
        return Surface(self.network, middle(losses, self.reach / recording("surfaces")["reach"]), self.reach)

    @property
    def pieces(self) -> list[tuple[Place, ...]]:
        """The points of the plane, coarse to fine, in pieces of less than a second each. No piece reaches into two levels."""
        return _pieces(self)


@lru_cache(maxsize=64)
def _pieces(surface: LossSurface) -> list[tuple[Place, ...]]:
    kind = card(surface.network)
    work = plan(kind.spec, kind.size).macs * surface.pictures
    size = max(1, min(_MOST, round(_WORK / work)))
    ends = [len(lines) ** 2 for lines in levels(surface.side)]
    places = order(surface.side)
    found: list[tuple[Place, ...]] = []
    for start, end in zip([0, *ends], ends, strict=False):
        found += [tuple(places[at : min(at + size, end)]) for at in range(start, end, size)]
    return found


def losses_at(surface: tuple[Any, ...], places: Sequence[Place]) -> list[float]:
    """What a worker does with a piece of a `LossSurface`, given as a tuple of its fields: the losses at its places."""
    of = LossSurface(*surface)
    return surface_points(_plane(of.network, of.weights, of.seed, of.pictures), of.side, of.reach, places)


@lru_cache(maxsize=4)
def _plane(name: str, weights: str, seed: int, count: int) -> Plane:
    x, labels = as_input(name, pictures(data_of(name), 0)[0], count)
    return Plane(network(name, weights), x, labels, seed)


def network(name: str, weights: str) -> ResNet:
    """A shipped network with the weights that training gave it, or with those that it started from."""
    model = trained(name) if weights == "trained" else build(card(name).spec, card(name).seed)
    return model.to(memory_format=torch.channels_last)


def others(name: str, weights: str = "trained") -> list[Losses]:
    """The recorded planes of other seeds, of full reach, with every second point of the first one's grid."""
    return [np.array(losses) for losses in recording("surfaces")["others"][weights][name]]


def middle(losses: Losses, share: float) -> Losses:
    """The part of a surface (side, side) around its centre, `share` of it to either side.

    >>> middle(np.arange(25).reshape(5, 5), 0.5).tolist()
    [[6, 7, 8], [11, 12, 13], [16, 17, 18]]
    """
    half = len(losses) // 2
    cut = half - round(half * share)
    return losses[cut : len(losses) - cut, cut : len(losses) - cut]
