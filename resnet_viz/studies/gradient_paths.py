"""The gradient of the shipped twins by length of path: as calls for the workers, and as it was recorded."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import torch

from resnet_viz.jobs.shared_calls import Call
from resnet_viz.nets.weights import card
from resnet_viz.probes.paths import Paths, Unravelled, path_counts
from resnet_viz.studies.block_deletion import recording, some_pictures, subject

PICTURES = 32
"""Labelled pictures of a live study."""
SAMPLES = 16
"""Random paths of each length."""


def single_paths(name: str, length: int) -> list[float]:
    """The norm of the gradient through each of some random paths of one length."""
    return list(_unravelled(name).single_sizes(length, SAMPLES))


def all_paths(name: str) -> list[float]:
    """For each length the norm of the gradient through all its paths together, and at the end that of the whole gradient."""
    gradients = _unravelled(name).together()
    return [float(g.flatten(1).norm(dim=1).mean()) for g in [*gradients, torch.stack(gradients).sum(0)]]


@lru_cache(maxsize=1)
def _unravelled(name: str) -> Unravelled:
    return Unravelled(subject(name), *some_pictures(name, 0, PICTURES))


def calls(name: str) -> list[Call]:
    """All paths together, then a call a length for the single ones; `assembled` makes sense of their results."""
    return [Call(all_paths, name), *(Call(single_paths, name, k) for k in range(len(card(name).spec.blocks) + 1))]


def assembled(name: str, results: Sequence[list[float] | None]) -> Paths | None:
    """What the results of `calls(name)` say, with no sizes for lengths that have not come; None before the first has."""
    if results[0] is None:
        return None
    *together, whole = results[0]
    return Paths(path_counts(card(name).spec), tuple(tuple(sizes or ()) for sizes in results[1:]), tuple(together), whole)


@lru_cache
def recorded(name: str) -> Paths:
    """What was recorded of a network. Raises `KeyError` where nothing was."""
    found = recording("paths")["networks"][name]
    sizes = tuple(map(tuple, found["sizes"]))
    return Paths(path_counts(card(name).spec), sizes, tuple(found["together"]), found["whole"])
