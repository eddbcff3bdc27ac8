"""A linear layer on fixed features: trained, and trained again without the picture that it is asked about.

    loss = mean cross-entropy + DECAY / 2 · ‖W‖²

The features are centred and divided by their root mean square length first, so that one learning rate and one decay suit every
network. What is trained then needs the products of the features alone: W is a sum of the features of its own pictures,
W = Aᵀ X, and X enters every step as X Xᵀ. So one (N, N) matrix of products stands for the features however long they are, and
hundreds of heads are trained at once, each without the picture that it is tested on.

Steps are Nesterov's with a constant momentum (Nesterov 2004, scheme 2.2.9): the loss is strongly convex in W.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor

DECAY = 0.01
STEPS = 100
"""After which nothing changes any more that one could see."""
_STEEPEST = 0.5 + DECAY
"""The largest curvature of the loss: softmax has at most 1/2, and the features' products at most 1 after scaling."""
_RATE = 1 / _STEEPEST
_MOMENTUM = (1 - math.sqrt(DECAY / _STEEPEST)) / (1 + math.sqrt(DECAY / _STEEPEST))


class Head(NamedTuple):
    """A trained linear layer."""

    weight: Tensor
    """(K, features), float32, for features as the network gives them."""
    bias: Tensor
    """(K,)."""
    losses: tuple[float, ...]
    """Before each step, nats."""

    def logits(self, features: Tensor) -> Tensor:
        """(N, features) to (N, K)."""
        return features @ self.weight.T + self.bias


def train_head(features: Tensor, labels: Tensor, classes: int, steps: int = STEPS) -> Head:
    """The head for features (N, F) with labels (N,) from 0 to classes - 1.

    Raises `ValueError` where there are no pictures or a label is no class.

    >>> head = train_head(torch.eye(2), torch.tensor([0, 1]), 2)
    >>> head.logits(torch.eye(2)).argmax(1).tolist()
    [0, 1]
    """
    check(features, labels, classes)
    rows = torch.arange(len(labels))[None]  # (1, N)
    trained = _train(products(features), rows, labels, classes, steps)
    mean = features.double().mean(0)  # (F,)
    weight = trained.dual[0].T @ (features.double() - mean) / trained.square[0]  # (K, F)
    return Head(weight.float(), (trained.bias[0] - weight @ mean).float(), trained.losses)


def held_out(features: Tensor, labels: Tensor, classes: int, rows: Tensor, tested: Tensor, asked: Tensor | None = None) -> Tensor:
    """The logits (B, K) of B heads: head b is trained on the pictures `rows[b]` and asked about picture `tested[b]`.

    `rows` is (B, n), `tested` (B,), both numbers of pictures of `features`. What is asked about is `asked`, (N, F), where it is
    given: other features of the same pictures, such as a network in training mode gives.
    """
    check(features, labels, classes)
    own = products(features)
    trained = _train(own, rows, labels, classes, STEPS)
    cross = own if asked is None else asked.double() @ features.double().T  # (N, N)
    near = cross[tested[:, None], rows]  # (B, n)
    inner = own[rows[:, :, None], rows[:, None, :]].mean(2)  # (B, n): of each training picture with their mean
    centred = near - near.mean(1, keepdim=True) - inner + inner.mean(1, keepdim=True)
    return ((centred / trained.square[:, None])[:, None] @ trained.dual)[:, 0] + trained.bias


def leave_one_out(features: Tensor, labels: Tensor, classes: int, asked: Tensor | None = None) -> Tensor:
    """The guess (N,) for each picture of a head that was trained on all others."""
    count = len(labels)
    every = torch.arange(count)
    rows = every.expand(count, count)[~torch.eye(count, dtype=torch.bool)].view(count, count - 1)
    return held_out(features, labels, classes, rows, every, asked).argmax(1)


def products(features: Tensor) -> Tensor:
    """(N, N), float64: the inner product of each two pictures' features."""
    exact = features.double()
    return exact @ exact.T


class _Trained(NamedTuple):
    dual: Tensor
    """(B, n, K): how much of each training picture is in each class's weights."""
    bias: Tensor
    """(B, K)."""
    square: Tensor
    """(B,): mean squared length of the centred features."""
    losses: tuple[float, ...]
    """Of the first head, before each step."""


@torch.no_grad()
def _train(gram: Tensor, rows: Tensor, labels: Tensor, classes: int, steps: int) -> _Trained:
    """B heads at once, head b on the pictures `rows[b]`."""
    own = gram[rows[:, :, None], rows[:, None, :]]  # (B, n, n)
    own = own - own.mean(1, keepdim=True)
    own = own - own.mean(2, keepdim=True)
    square = own.diagonal(dim1=1, dim2=2).mean(1).clamp_min(torch.finfo(torch.float64).tiny)  # (B,)
    own = own / square[:, None, None]
    wanted = torch.nn.functional.one_hot(labels[rows], classes).double()  # (B, n, K)
    dual = ahead = torch.zeros_like(wanted)
    bias = bias_ahead = wanted.new_zeros(len(rows), 1, classes)
    losses = []
    for _ in range(steps):
        mixed = own @ ahead  # (B, n, K): the logits, less the bias
        logits = mixed + bias_ahead
        losses.append(_loss(logits[0], wanted[0], (ahead[0] * mixed[0]).sum()))
        wrong = (logits.softmax(2) - wanted) / rows.shape[1]
        new, new_bias = ahead - _RATE * (wrong + DECAY * ahead), bias_ahead - _RATE * wrong.sum(1, keepdim=True)
        ahead, bias_ahead = new + _MOMENTUM * (new - dual), new_bias + _MOMENTUM * (new_bias - bias)
        dual, bias = new, new_bias
    return _Trained(dual, bias[:, 0], square, tuple(losses))


def _loss(logits: Tensor, wanted: Tensor, squared_weights: Tensor) -> float:
    return float(-(logits.log_softmax(1) * wanted).sum(1).mean() + DECAY / 2 * squared_weights)


def check(features: Tensor, labels: Tensor, classes: int) -> None:
    """Raise `ValueError` where features and labels are not those of pictures of `classes` classes."""
    if features.ndim != 2 or labels.shape != features.shape[:1] or not len(labels):
        given = f"{tuple(features.shape)} and {tuple(labels.shape)}"
        raise ValueError(f"features must be (N, F) and labels (N,), N at least 1, got {given}")
    if int(labels.min()) < 0 or int(labels.max()) >= classes:
        raise ValueError(f"labels must be from 0 to {classes - 1}, got {int(labels.min())} to {int(labels.max())}")
