"""The loss around a network's weights, on a random plane: filter-normalised slices (Li et al. 2018, arXiv 1712.09913, §4).

    L(a, b) = loss of the network with weights θ + a·δ + b·η

δ and η are random directions. Each filter of a direction, and each row of the last layer, is rescaled to the norm of the filter
that it moves: d ← d / ‖d‖ · ‖θ‖. At a = 1 a filter is therefore moved by its own length, whatever its scale. Biases and BN's
parameters do not move.

Where the paper takes BN's running statistics, we take those of the batch: running statistics belong to the weights in the middle
and make cliffs at the rim that the training never saw. The mode that the network is in makes no difference, and nothing of the
network changes.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from resnet_viz.nets.resnet import named_generator
from resnet_viz.probes.unchanged import unchanged

Direction = Mapping[str, Tensor]
"""How each convolution's and linear layer's weight moves, by its name; what is not named stays."""
Place = tuple[int, int]
"""(row, column) of a point: the row counts steps along the second direction, the column along the first, from 0."""
Losses = npt.NDArray[np.float64]


def directions(model: nn.Module, seed: int = 0) -> tuple[Direction, Direction]:
    """Two random directions for this network, normalised filter by filter.

    What a filter's direction is before it is rescaled depends on the seed and the weight's name, on nothing else: plain and
    residual twins move the same way.
    """
    one, two = ({name: _normalised(w, seed, f"{name}/{n}") for name, w in _weights(model).items()} for n in (1, 2))
    return one, two


def _weights(model: nn.Module) -> dict[str, Tensor]:
    return {f"{name}.weight": m.weight for name, m in model.named_modules() if isinstance(m, nn.Conv2d | nn.Linear)}


@torch.no_grad()
def _normalised(weight: Tensor, seed: int, name: str) -> Tensor:
    d = torch.randn(weight.shape, generator=named_generator(seed, name)).to(weight)  # (filters, …)
    length, wanted = (t.flatten(1).norm(dim=1) for t in (d, weight))  # (filters,)
    factor = (wanted / length).view(-1, *[1] * (weight.dim() - 1))  # (filters, 1, …)
    return d.mul_(factor)


class Plane:
    """The plane through a network's weights, ready to be asked for losses. It works on a copy: the network is left as it is."""

    def __init__(self, model: nn.Module, x: Tensor, labels: Tensor, seed: int = 0) -> None:
        """`x` (N, C, H, W) with N of at least 2, `labels` (N,): the loss is their mean cross-entropy, in nats."""
        if len(x) < 2 or len(x) != len(labels):
            raise ValueError(f"at least 2 pictures and as many labels are needed, got {len(x)} and {len(labels)}")
        with unchanged(model, training=True):
            self._model = copy.deepcopy(model)
        self._x, self._labels = x, labels
        one, two = directions(model, seed)
        self._moves = [(w, w.detach().clone(), one[name], two[name]) for name, w in _weights(self._model).items()]

    def loss(self, a: float, b: float) -> float:
        """L(a, b), with BN's statistics of this batch at these weights."""
        with torch.inference_mode(False), torch.no_grad():  # the copy is this plane's own, and stays in training mode
            for weight, middle, one, two in self._moves:
                torch.add(middle, one, alpha=a, out=weight).add_(two, alpha=b)
            return F.cross_entropy(self._model(self._x), self._labels).item()


def axis(side: int, reach: float = 1.0) -> list[float]:
    """The places of `side` points from −reach to reach; `side` is odd, so that the weights themselves are among them.

    >>> axis(5)
    [-1.0, -0.5, 0.0, 0.5, 1.0]
    """
    if side < 3 or side % 2 == 0:
        raise ValueError(f"a side must have an odd number of points, at least 3, got {side}")
    half = side // 2
    return [reach * (i - half) / half for i in range(side)]


def levels(side: int) -> list[list[int]]:
    """Which rows, and likewise columns, are there at each level of detail: three, then every gap halved, at last all.

    >>> levels(9)
    [[0, 4, 8], [0, 2, 4, 6, 8], [0, 1, 2, 3, 4, 5, 6, 7, 8]]
    """
    half = len(axis(side)) // 2
    right = [0, half]  # distances from the middle
    found = []
    while True:
        found.append([half - d for d in right[:0:-1]] + [half + d for d in right])
        middles = {(i + j) // 2 for i, j in pairwise(right)}
        if len(right) == half + 1:
            return found
        right = sorted({*right, *middles})


def order(side: int) -> list[Place]:
    """Every point of the grid once, coarse to fine: all of a level come before the first of the next."""
    places = ((i, j) for lines in levels(side) for i in lines for j in lines)
    return list(dict.fromkeys(places))


class SurfacePoint(NamedTuple):
    """One measured point."""

    row: int
    column: int
    loss: float


def landscape(
    model: nn.Module, x: Tensor, labels: Tensor, side: int = 11, *, reach: float = 1.0, seed: int = 0
) -> Iterator[SurfacePoint]:
    """The loss on a grid of `side` × `side` points around the network's weights, coarse to fine.

    A generator: whoever stops asking stops the work, and after the n-th point n / side² of it is done.

    >>> from resnet_viz import build, parse_network
    >>> model, x = build(parse_network("basic-1-w4-cifar-c10")), torch.rand(4, 3, 8, 8)
    >>> [(p.row, p.column) for p in landscape(model, x, torch.arange(4), side=3)][:4]
    [(0, 0), (0, 1), (0, 2), (1, 0)]
    """
    plane, at = Plane(model, x, labels, seed), axis(side, reach)
    for row, column in order(side):
        yield SurfacePoint(row, column, plane.loss(at[column], at[row]))


def surface_points(plane: Plane, side: int, reach: float, places: Sequence[Place]) -> list[float]:
    """The losses at some places of the grid, in their order: a worker's share of a landscape."""
    at = axis(side, reach)
    return [plane.loss(at[column], at[row]) for row, column in places]


class Terrain(NamedTuple):
    """What a surface is like, in numbers."""

    centre: float
    """The loss of the network itself, in nats."""
    low: float
    high: float
    local_minima: int
    """Inner points that lie lower than all eight around them. A bowl has one; of white noise every ninth inner point is one."""
    inner: int
    """How many inner points there are."""
    roughness: float
    """How little of each step along a row or column is continued by the next: root mean square of the second differences ÷ that
    of the first, ÷ √3. 0 for a tilted plane and 1 for white noise, whatever the heights. Only surfaces on the same grid compare:
    the finer it is, the less a bowl has."""


def terrain(losses: Losses) -> Terrain:
    """What a whole surface (side, side) is like.

    >>> x = np.linspace(-1, 1, 5)
    >>> terrain(x[:, None] ** 2 + x**2).local_minima
    1
    """
    if losses.ndim != 2 or min(losses.shape) < 3 or not np.isfinite(losses).all():
        raise ValueError(f"a surface has at least 3 × 3 finite losses, got {losses.shape}")
    middle = losses[1:-1, 1:-1]
    rows, columns = losses.shape
    around = [losses[1 + i : rows - 1 + i, 1 + j : columns - 1 + j] for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0)]
    first, second = (_size([np.diff(losses, n, axis) for axis in (0, 1)]) for n in (1, 2))
    return Terrain(
        centre=float(losses[rows // 2, columns // 2]),
        low=float(losses.min()),
        high=float(losses.max()),
        local_minima=int(np.all([middle < other for other in around], axis=0).sum()),
        inner=middle.size,
        roughness=second / first / math.sqrt(3) if first else 0.0,
    )


def _size(parts: Sequence[Losses]) -> float:
    return float(np.sqrt(np.mean(np.concatenate([part.ravel() for part in parts]) ** 2)))
