"""`evaluate`: how well a network does on labelled pictures."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from resnet_viz.probes.finite import check_finite
from resnet_viz.training.data.crops import resized
from resnet_viz.training.data.pictures import Pictures, normalise


class Score(NamedTuple):
    """A network on labelled pictures."""

    loss: float
    """Mean cross-entropy in nats."""
    error: float
    """Share of the pictures whose class is not the first guess."""


@torch.no_grad()
def score(logits: Callable[[Tensor], Tensor], data: Pictures, *, batch: int, of: str = "") -> Score:
    """What a function from uint8 pictures (N, 3, H, W) to logits (N, classes) scores.

    Raises `Refused`, a `ValueError`, where logits are not finite numbers, with the name of the layer that they are `of`; without
    a name such pictures count as any others.
    """
    loss, wrong = 0.0, 0
    for images, labels in zip(torch.split(data.images, batch), torch.split(data.labels, batch), strict=True):
        found = logits(images)
        if of:
            check_finite(of, found)
        loss += F.cross_entropy(found, labels, reduction="sum").item()
        wrong += int((found.argmax(1) != labels).sum())
    return Score(loss / len(data.labels), wrong / len(data.labels))


def evaluate(
    model: nn.Module,
    data: Pictures,
    mean: Tensor,
    std: Tensor,
    *,
    side: int = 0,
    batch: int = 500,
    finite: bool = True,
    between: Callable[[], object] = lambda: None,
) -> Score:
    """A network in evaluation mode, in which it is left. `between` is called before each batch.

    With a `side` the pictures are resized to it first.

    Raises `Refused`, a `ValueError`, where logits have to be `finite` and are not.
    """
    model.eval()

    def logits(images: Tensor) -> Tensor:
        between()
        found: Tensor = model(normalise(resized(images, side) if side else images, mean, std))  # (N, classes)
        return found

    return score(logits, data, batch=batch, of="fc" if finite else "")
