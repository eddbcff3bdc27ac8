"""How a network treats two inputs that are almost the same: forwards the distance of their features, backwards the
directions of their gradients (*shattered gradients*, Balduzzi et al. 2017, arXiv 1702.08591).

Both are measured with BN's statistics held fixed. A batch gives every BN layer its means and variances once (`frozen`), and
whatever runs through the network after that is normalised with these: a change can act on its own picture only. The mode that the
network is in makes no difference, and nothing of it changes.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from resnet_viz.nets.resnet import ResNet
from resnet_viz.probes.capture import capture
from resnet_viz.probes.unchanged import hooked, unchanged

M = TypeVar("M", bound=nn.Module)


def frozen(model: M, batch: Tensor) -> M:
    """A copy in evaluation mode whose BN layers normalise with the statistics of `batch` (N, C, H, W), for good.

    On one pass of the batch each BN layer takes the mean and the (biased) variance of what reaches it and normalises with these,
    so on the batch itself the copy computes what the network does in training mode. The copy shares the parameters and nothing
    else; the model, its mode and its own statistics are left as they are.

    >>> from resnet_viz import build, parse_network
    >>> model, x = build(parse_network("basic-1.1-w4-cifar-c10")), torch.rand(8, 3, 16, 16)
    >>> torch.allclose(frozen(model, x)(x), model(x), atol=1e-4)
    True
    """
    with unchanged(model):
        held = copy.deepcopy(model, {id(p): p for p in model.parameters()})

    def hold(norm: nn.BatchNorm2d, inputs: tuple[Tensor, ...]) -> None:
        norm.running_mean = inputs[0].mean((0, 2, 3))  # (C,)
        norm.running_var = inputs[0].var((0, 2, 3), correction=0)

    norms = (m for m in held.modules() if isinstance(m, nn.BatchNorm2d))
    with torch.inference_mode(False), torch.no_grad(), hooked(norm.register_forward_pre_hook(hold) for norm in norms):
        held(batch)
    return held


# Forwards


@dataclass(frozen=True)
class Nudge:
    """How far apart pictures and their changed copies are, where 1 is the distance of two different pictures.

    Medians of Euclidean distances: in a deep plain network a few copies land far outside of everything and would make a mean.
    """

    names: tuple[str, ...]
    """The blocks, in network order."""
    values: tuple[float, ...]
    """At each block's output: the median over the pictures. NaN where different pictures have equal features."""
    each: Tensor
    """(blocks, N): every picture's own."""
    input: float
    """The same as `values`, at the input."""
    maps: Mapping[str, tuple[Tensor, Tensor]]
    """The features asked for, by block: those of the pictures and those of the copies, (N, C, H, W) each."""


@torch.no_grad()
def nudge(
    model: ResNet,
    x: Tensor,
    amount: float = 0.007,
    *,
    other: Tensor | None = None,
    seed: int = 0,
    among: Tensor | None = None,
    keep: Iterable[str] = (),
) -> Nudge:
    """The distance between the features of pictures `x` (N, C, H, W) and of slightly changed copies, block by block.

    The copies are `noisy(x, amount, seed)` or, where it is given, `other`. `among` (M, C, H, W), by default `x` itself, are the
    undisturbed pictures whose batch statistics BN uses for both passes, and whose mutual distances are the unit.
    `keep` names the blocks whose features are returned.

    Nothing of the model changes, nor does the global random state. Raises `ValueError` for what cannot be compared.

    >>> from resnet_viz import build, parse_network
    >>> model, x = build(parse_network("basic-1.1-w4-cifar-c10")), torch.rand(8, 3, 16, 16)
    >>> nudge(model, x, 0.0).values
    (0.0, 0.0)
    """
    _check_pictures("x", x, 1)
    pictures = x if among is None else among
    _check_pictures("x" if among is None else "among", pictures, 2)
    if pictures.shape[1:] != x.shape[1:]:
        raise ValueError(f"among must be pictures like x, {_shape(x[0])}, got {_shape(pictures[0])}")
    if other is not None and other.shape != x.shape:
        raise ValueError(f"other must have the shape of x, {_shape(x)}, got {_shape(other)}")
    names, kept = model.spec.blocks, tuple(keep)
    if unknown := [name for name in kept if name not in names]:
        raise ValueError(f"keep names {unknown[0]!r}, which is no block of this network ({names[0]} to {names[-1]})")
    copies = noisy(x, amount, seed) if other is None else other
    held = frozen(model, pictures)
    before, after = capture(held, x, names), capture(held, copies, names)
    unit = before if among is None else capture(held, among, names)
    each = torch.stack([_relative(before[name], after[name], unit[name]) for name in names])  # (blocks, N)
    return Nudge(
        names=names,
        values=tuple(each.quantile(0.5, dim=1).tolist()),
        each=each,
        input=float(_relative(x, copies, pictures).quantile(0.5)),
        maps={name: (before[name], after[name]) for name in kept},
    )


def noisy(x: Tensor, amount: float, seed: int = 0) -> Tensor:
    """Each picture of `x` (N, C, H, W) with Gaussian noise whose length is `amount` times the picture's own."""
    _check_amount(amount)
    noise = torch.randn(x.shape, generator=torch.Generator().manual_seed(seed)).to(x)
    return x + noise / _length(noise) * (amount * _length(x))


def dotted(x: Tensor, at: tuple[int, int], amount: float) -> Tensor:
    """Each picture of `x` (N, C, H, W) with the one pixel at (row, column) changed, by as much as `noisy` changes all of them.

    Its channels change equally, each towards the other side of 0, the middle of a normalised picture.
    """
    _check_amount(amount)
    row, column = at
    if not (0 <= row < x.shape[2] and 0 <= column < x.shape[3]):
        raise ValueError(f"at must be a (row, column) inside {x.shape[2]}×{x.shape[3]}, got {at}")
    out = x.clone()
    pixel = x[:, :, row, column]  # (N, C)
    step = amount * _length(x)[:, :, 0, 0] / math.sqrt(x.shape[1])  # (N, 1)
    out[:, :, row, column] = torch.where(pixel > 0, pixel - step, pixel + step)
    return out


def _relative(before: Tensor, after: Tensor, unit: Tensor) -> Tensor:
    """(N,): the distance of each pair over the median distance of two different pictures, in double precision."""
    apart = torch.pdist(unit.double().flatten(1)).quantile(0.5)  # of M·(M - 1)/2 pairs
    moved = (after.double() - before.double()).flatten(1).norm(dim=1)
    return torch.where(apart > 0, moved / apart, math.nan)


def _length(x: Tensor) -> Tensor:
    """(N, 1, 1, 1): the Euclidean norm of each picture."""
    length: Tensor = torch.linalg.vector_norm(x, dim=(1, 2, 3), keepdim=True)
    return length


# Backwards


@dataclass(frozen=True)
class Correlation:
    """How alike the gradients at two points of a line are, by how far apart the points lie."""

    lags: tuple[float, ...]
    """Shares of the line, from 0."""
    values: tuple[float, ...]
    """The mean cosine of all pairs of points so far apart: 1 for equal directions, 0 for white noise."""


def gradient_correlation(
    model: nn.Module, start: Tensor, end: Tensor, points: int = 257, *, target: int = 0, among: Tensor | None = None
) -> Correlation:
    """The cosine between input gradients of one logit along the straight line from one input to another.

    `start` and `end` are (C, H, W); `points` of them, evenly spaced, include both ends. `target` is the class whose logit is
    differentiated. BN uses the batch statistics of `among` (N, C, H, W), by default of the points themselves, and no
    gradient passes through the statistics. A gradient that is exactly 0 counts as at right angles to all others.

    Nothing of the model changes, `.grad` included. Raises `ValueError` for what is not accepted.
    """
    if start.shape != end.shape or start.ndim != 3:
        raise ValueError(f"start and end must be (C, H, W) and equal in shape, got {_shape(start)} and {_shape(end)}")
    if points < 2:
        raise ValueError(f"points must be a whole number of at least 2, got {points!r}")
    if among is not None:
        _check_pictures("among", among, 2)
    with torch.inference_mode(False):
        share = torch.linspace(0, 1, points, dtype=start.dtype, device=start.device)[:, None, None, None]
        line = torch.lerp(start.detach(), end.detach(), share).requires_grad_()  # (P, C, H, W)
    held = frozen(model, line if among is None else among)
    with unchanged(held, gradients="values"):
        logits = held(line)  # (P, classes)
        if not 0 <= target < logits.shape[1]:
            raise ValueError(f"target must be a class from 0 to {logits.shape[1] - 1}, got {target!r}")
        (gradient,) = torch.autograd.grad(logits[:, target].sum(), line)  # each logit depends on its own point only
    directions = F.normalize(gradient.double().flatten(1), dim=1, eps=torch.finfo(torch.double).tiny)  # (P, C·H·W)
    cosines = directions @ directions.T  # (P, P)
    values = [float(cosines.diagonal(lag).mean()) for lag in range(points)]
    return Correlation(tuple(lag / (points - 1) for lag in range(points)), tuple(values))


# What is accepted


def _check_pictures(name: str, x: Tensor, least: int) -> None:
    if x.ndim != 4 or x.shape[0] < least:
        raise ValueError(f"{name} must be at least {least} picture{'s' * (least > 1)}, (N, C, H, W), got {_shape(x)}")


def _check_amount(amount: float) -> None:
    if not 0 <= amount < math.inf:
        raise ValueError(f"amount must be a share of the picture's length of at least 0, got {amount!r}")


def _shape(x: Tensor) -> tuple[int, ...]:
    return tuple(x.shape)
