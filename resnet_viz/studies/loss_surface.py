"""Loss surfaces around shipped networks: recorded ones, and new ones cut into pieces for the workers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch

from resnet_viz.jobs.shared_calls import Call
from resnet_viz.nets.plan import plan
from resnet_viz.nets.resnet import ResNet, build
from resnet_viz.nets.weights import card, trained
from resnet_viz.probes.landscape import Losses, Place, Plane, levels, order, surface_points
from resnet_viz.studies.pretrained_pairs import as_input, data_of
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
    """Of the shipped weights."""
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


class Question(NamedTuple):
    """A plane through one network, to be measured."""

    name: str
    weights: str
    """`trained`, or `untrained` for the ones that its training started from."""
    seed: int
    """Of the two directions."""
    side: int = LIVE_SIDE
    reach: float = 1.0
    pictures: int = LIVE_PICTURES
    """The first so many training pictures."""


@lru_cache(maxsize=64)
def pieces(question: Question) -> list[tuple[Place, ...]]:
    """The points of the plane, coarse to fine, in pieces of less than a second each. No piece reaches into two levels."""
    kind = card(question.name)
    work = plan(kind.spec, kind.size).macs * question.pictures
    size = max(1, min(_MOST, round(_WORK / work)))
    ends = [len(lines) ** 2 for lines in levels(question.side)]
    places = order(question.side)
    found: list[tuple[Place, ...]] = []
    for start, end in zip([0, *ends], ends, strict=False):
        found += [tuple(places[at : min(at + size, end)]) for at in range(start, end, size)]
    return found


def measure(question: tuple[Any, ...], places: Sequence[Place]) -> list[float]:
    """What a worker does with a piece: the losses at its places."""
    asked = Question(*question)
    return surface_points(_plane(asked.name, asked.weights, asked.seed, asked.pictures), asked.side, asked.reach, places)


@lru_cache(maxsize=4)
def _plane(name: str, weights: str, seed: int, count: int) -> Plane:
    x, labels = as_input(name, pictures(data_of(name), 0)[0], count)
    return Plane(network(name, weights), x, labels, seed)


def network(name: str, weights: str) -> ResNet:
    """A shipped network with the weights that training gave it, or with those that it started from."""
    model = trained(name) if weights == "trained" else build(card(name).spec, card(name).facts["seed"])
    return model.to(memory_format=torch.channels_last)


class Job(NamedTuple):
    """A piece of one surface, and the call that measures it."""

    question: Question
    places: tuple[Place, ...]
    call: Call


def jobs(questions: Iterable[Question]) -> list[Job]:
    """All pieces of all questions, in turns: the surfaces grow together."""
    own = [[Job(q, places, Call(measure, tuple(q), places)) for places in pieces(q)] for q in questions]
    return [job for turn in zip_longest(*own) for job in turn if job]


def gather(question: Question, asked: Sequence[Job], results: Sequence[list[float] | None]) -> Surface:
    """One question's surface as far as its jobs have results."""
    losses = np.full((question.side, question.side), np.nan)
    for job, found in zip(asked, results, strict=True):
        if job.question == question and found is not None:
            rows, columns = zip(*job.places, strict=True)
            losses[rows, columns] = found
    return Surface(question.name, losses, question.reach)


# What tools/record_surfaces.py wrote


@lru_cache
def recording() -> dict[str, Any]:
    """`made`, `machine`, `code_version`, `seed` of the directions, `pictures`, `reach`; `surfaces`: the losses row by row, by
    weights and network; `others`: the same on planes of other seeds, on a grid half as fine."""
    found: dict[str, Any] = json.loads((Path(__file__).parent / "recorded" / "surfaces.json").read_text(encoding="utf-8"))
    return found


def recorded(name: str, weights: str = "trained", reach: float = 1.0) -> Surface:
    """The recorded surface of a network, or the middle of it."""
    losses = np.array(recording()["surfaces"][weights][name])
    return Surface(name, middle(losses, reach / recording()["reach"]), reach)


def others(name: str, weights: str = "trained") -> list[Losses]:
    """The recorded planes of other seeds, of full reach, with every second point of the first one's grid."""
    return [np.array(losses) for losses in recording()["others"][weights][name]]


def middle(losses: Losses, share: float) -> Losses:
    """The part of a surface (side, side) around its centre, `share` of it to either side.

    >>> middle(np.arange(25).reshape(5, 5), 0.5).tolist()
    [[6, 7, 8], [11, 12, 13], [16, 17, 18]]
    """
    half = len(losses) // 2
    cut = half - round(half * share)
    return losses[cut : len(losses) - cut, cut : len(losses) - cut]
