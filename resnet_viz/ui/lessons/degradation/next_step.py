"""What a class can train next: comparisons of which each answers one doubt about the pair on the board."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import NamedTuple

from resnet_viz.jobs.limits import Limits
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.training.experiment import Experiment

SHALLOW = 20
"""Layers up to which a network is compared with a deeper one, above which with a shallower one."""
LONGER = 4
"""Times as many steps show whether a network was only slower."""
SEEDS = 1_000_000
COMPARISONS = ("depth", "slower", "norm", "seed")
"""In the order in which they are offered."""


class Offer(NamedTuple):
    """One press."""

    key: str
    """The end of its sentence's key, `next_<key>`."""
    runs: tuple[Experiment, ...] = ()
    """What is trained."""
    board: tuple[Experiment, ...] = ()
    """What is on the board then: these runs and those that they are held against."""


def twins(e: Experiment) -> tuple[Experiment, Experiment]:
    """The plain network and its residual twin."""
    return replace(e, spec=e.spec.plain()), replace(e, spec=e.spec.residual())


def next_seed(e: Experiment) -> Experiment:
    """The same with other pictures, weights and batches."""
    return replace(e, seed=(e.seed + 1) % SEEDS)


def offer(board: Collection[Experiment], wanted: Sequence[Experiment]) -> Offer:
    """What follows on a board, where the form asks for the runs `wanted`.

    `first` before those are there and `end` after the last comparison, both with nothing to train.
    """
    if not {*wanted} <= {*board}:
        return Offer("first")
    pair = twins(wanted[0])
    if missing := tuple(run for run in pair if run not in board):
        return Offer("twin", missing, (*(run for run in wanted if run not in missing), *missing))
    offers = [found for kind in COMPARISONS if (found := _comparison(kind, pair))]
    last = max((at for at, found in enumerate(offers) if {*found.runs} <= {*board}), default=-1)
    return offers[last + 1] if last + 1 < len(offers) else Offer("end")


def _comparison(kind: str, pair: Sequence[Experiment]) -> Offer | None:
    """The offer of a kind; None where there is no such run or it would be beyond the limits."""
    try:
        runs = tuple(_changed(kind, run) for run in pair)
        for run in runs:
            Limits().check(run)
    except ValueError:
        return None
    if runs == tuple(pair):
        return None
    told = {
        "depth": "shallower" if runs[0].spec.depth < pair[0].spec.depth else "deeper",
        "norm": f"norm_{runs[0].spec.norm}",
    }
    return Offer(told.get(kind, kind), runs, (*pair, *runs))


def _changed(kind: str, run: Experiment) -> Experiment:
    if kind == "depth":
        return replace(run, spec=_other_depth(run.spec))
    if kind == "slower":
        return replace(run, steps=max(run.steps, min(LONGER * run.steps, Limits().steps)))
    if kind == "norm":
        return replace(run, spec=replace(run.spec, norm="none" if run.spec.norm == "batch" else "batch"))
    return next_seed(run)


def _other_depth(spec: ResNetSpec) -> ResNetSpec:
    """A third of the blocks, or three times as many: 20 layers for 56, and 56 for 20."""
    if spec.depth > SHALLOW:
        return replace(spec, stages=tuple(max(1, round(count / 3)) for count in spec.stages))
    return replace(spec, stages=tuple(3 * count for count in spec.stages))
