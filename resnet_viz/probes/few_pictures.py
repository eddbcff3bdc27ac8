"""How many pictures a class a linear layer needs, and which picture is most like another."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from resnet_viz.probes.linear_head import held_out

COUNTS = (1, 2, 3, 5, 8, 11, 16, 24)
"""Pictures a class that are tried, as far as there are so many."""
DRAWS, MOST_HEADS = 4, 144
"""Times that each picture is asked about, each time with other pictures to learn from; fewer where that were more heads."""
_MOST_AT_ONCE = 2_000_000
"""Products that are held at once."""


class ByCount(NamedTuple):
    """What so many pictures a class are good for."""

    pictures: int
    """Pictures a class."""
    accuracy: float
    """Share of right guesses, 0 to 1, over all pictures and draws; the picture asked about is never one of those learned from."""


def accuracy_by_count(features: Tensor, labels: Tensor, classes: int, draws: int | None = None) -> tuple[ByCount, ...]:
    """How often a head is right about a picture that it has not seen, by how many pictures of each class it has.

    features (N, F), labels (N,). The largest count leaves a picture of the smallest class to ask about; empty where a class has
    fewer than two pictures. Which pictures are drawn depends on their number and the counts alone, so networks that are
    compared learn from the same ones.
    """
    found = []
    draws = draws or max(1, min(DRAWS, MOST_HEADS // max(1, len(labels))))
    smallest = min(int((labels == k).sum()) for k in range(classes))
    for count in sorted({*(c for c in COUNTS if c < smallest), smallest - 1} - {0, -1}):
        rows, tested = _drawn(labels, classes, count, draws)
        chunk = max(1, _MOST_AT_ONCE // rows.shape[1] ** 2)
        parts = zip(torch.split(rows, chunk), torch.split(tested, chunk), strict=True)
        guesses = torch.cat([held_out(features, labels, classes, r, t).argmax(1) for r, t in parts])
        found.append(ByCount(count, float((guesses == labels[tested]).double().mean())))
    return tuple(found)


def _drawn(labels: Tensor, classes: int, count: int, draws: int) -> tuple[Tensor, Tensor]:
    """(B, count · classes) pictures to learn from and (B,) to ask about: every picture `draws` times."""
    generator = torch.Generator().manual_seed(count)
    tested = torch.arange(len(labels)).repeat(draws)  # (B,)
    order = torch.rand(len(tested), len(labels), generator=generator)  # (B, N)
    order[torch.arange(len(tested)), tested] = 2.0  # never itself
    rows = [torch.where(labels == k, order, 3.0).argsort(1)[:, :count] for k in range(classes)]
    return torch.cat(rows, 1), tested


def nearest(feature: Tensor, features: Tensor) -> tuple[int, float]:
    """Which row of `features` (N, F) is nearest to `feature` (F,), and the cosine of the angle between the two, both less the
    mean of all rows."""
    mean = features.mean(0)
    distances = (features - feature).norm(dim=1)  # (N,)
    index = int(distances.argmin())
    return index, float(torch.cosine_similarity(feature - mean, features[index] - mean, dim=0))
