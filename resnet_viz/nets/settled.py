"""`settled`: an untrained network whose BN statistics come from noise, so that its values neither explode nor vanish."""

from __future__ import annotations

import torch

from resnet_viz.nets.resnet import ResNet

SETTLING = (8, 64)
"""Pictures of noise, and their side, from which an untrained network takes its BN statistics."""


def settled(network: ResNet, seed: int) -> ResNet:
    """The same network in evaluation mode, its BN statistics of eight pictures of noise: with none, values would explode."""
    norms = [module for module in network.modules() if isinstance(module, torch.nn.BatchNorm2d)]
    for norm in norms:
        norm.momentum = None  # a plain average over what is seen
    with torch.no_grad():
        count, side = SETTLING
        x = torch.randn(count, network.spec.in_channels, side, side, generator=torch.Generator().manual_seed(seed))
        network.train()(x)
    return network.eval()
