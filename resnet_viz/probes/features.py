"""`features`: what a network makes of a picture before its last layer decides, one number a channel."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from resnet_viz.nets.resnet import ResNet
from resnet_viz.probes.finite import check_finite
from resnet_viz.probes.unchanged import hooked, ordinary, unchanged

BATCH = 16
"""Pictures that run together in evaluation mode, where none of them changes what becomes of another."""


def features(model: ResNet, x: Tensor, *, training: bool = False) -> Tensor:
    """The values after global average pooling, which the last layer reads: (N, C, H, W) to (N, features).

    In evaluation mode BN takes its running averages. With `training` all N pictures are one batch and BN takes its mean and
    deviation from them, as in a network whose `eval()` was forgotten. Nothing of the model changes, its averages neither.

    Raises `Refused`, a `ValueError`, where values are not finite.

    >>> from resnet_viz import build, preset
    >>> features(build(preset("cifar_resnet20")), torch.zeros(2, 3, 32, 32)).shape
    torch.Size([2, 64])
    """
    found: list[Tensor] = []

    def keep(_module: Any, _inputs: Any, output: Tensor) -> None:
        found.append(output)

    with unchanged(model, training=training), hooked([model.flatten.register_forward_hook(keep)]):
        for rows in torch.split(ordinary(x), len(x) if training else BATCH):
            model(rows)
    together = torch.cat(found)  # (N, features)
    check_finite("flatten", together)
    return together
