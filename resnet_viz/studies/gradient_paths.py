"""The gradient of a shipped network by length of path: `GradientPaths`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import torch

from resnet_viz.jobs.shared_calls import Call
from resnet_viz.nets.weights import card
from resnet_viz.probes.paths import Paths, Unravelled, mean_size, path_counts
from resnet_viz.studies.pretrained_pairs import some_pictures, subject
from resnet_viz.studies.recorded import recording
from resnet_viz.studies.study import Study

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
    return [mean_size(gradient) for gradient in (*gradients, torch.stack(gradients).sum(0))]


@lru_cache(maxsize=1)
def _unravelled(name: str) -> Unravelled:
    return Unravelled(subject(name), *some_pictures(name, 0, PICTURES))


@dataclass(frozen=True)
class GradientPaths(Study[Call, Paths | None]):
    """Of one shipped network, by name."""

    network: str

    @property
    def calls(self) -> list[Call]:
        """All paths together, then a call a length for the single ones."""
        lengths = range(len(card(self.network).spec.blocks) + 1)
        return [Call(all_paths, self.network), *(Call(single_paths, self.network, length) for length in lengths)]

    def assemble(self, results: Sequence[list[float] | None]) -> Paths | None:
        """There are no sizes for lengths that have not come; None before the first call has."""
        if results[0] is None:
            return None
        *together, whole = results[0]
        sizes = tuple(tuple(found or ()) for found in results[1:])
        return Paths(path_counts(card(self.network).spec), sizes, tuple(together), whole)

    def recorded(self) -> Paths:
        found = recording("paths")["networks"][self.network]
        sizes = tuple(map(tuple, found["sizes"]))
        return Paths(path_counts(card(self.network).spec), sizes, tuple(found["together"]), found["whole"])
