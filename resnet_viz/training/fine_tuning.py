"""`fine_tuned`: a trained network with a new head goes on learning, all its weights, from a few pictures."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from resnet_viz.nets.resnet import ResNet
from resnet_viz.training.core import Core, sgd

STEPS, RATE, MOMENTUM = 30, 0.001, 0.9
"""A small rate: the weights are good already. More steps change nothing, the few pictures are known by heart by then."""


def fine_tuned(model: ResNet, weight: Tensor, bias: Tensor, x: Tensor, labels: Tensor, *, steps: int = STEPS) -> ResNet:
    """The model itself, with the head `weight` (K, features) and `bias` (K,), trained on pictures x (N, C, H, W) of the classes
    `labels` (N,), all in each batch; in evaluation mode.

    BN keeps its running averages while it learns: those of a few pictures would be bad ones. Its scale and shift learn.
    """
    head = nn.Linear(weight.shape[1], weight.shape[0])
    head.load_state_dict({"weight": weight, "bias": bias})
    model.fc = head
    core = Core(model.requires_grad_(True), sgd(model, lr=RATE, momentum=MOMENTUM))
    model.eval()
    with torch.enable_grad():
        for _ in range(steps):
            core.backward(x, labels, RATE)
            core.update()
    return model
