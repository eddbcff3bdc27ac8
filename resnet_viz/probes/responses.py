"""How strongly each layer responds (He et al. 2015, Fig. 7), and how large a correction each residual branch is.

The response of a convolution is its output after BN, before the ReLU and before the addition: in a residual network, what the
layer itself adds. Where no BN stands behind a convolution (pre-activation, or no BN at all) it is the convolution's own output.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from torch import Tensor, nn

from resnet_viz.nets.blocks import ResidualBlock
from resnet_viz.nets.resnet import ResNet
from resnet_viz.probes.capture import capture


class LayerResponse(NamedTuple):
    """One convolution of the main path."""

    name: str
    """The module whose output was measured: the BN behind the convolution, or the convolution."""
    std: float
    """Standard deviation of that output over the batch, channels and positions."""


class BlockResponse(NamedTuple):
    """One block with a shortcut: y = F(x) + x, where x is what the shortcut puts out."""

    name: str
    ratio: float
    """‖F(x)‖ / ‖x‖, Euclidean norms over the whole batch; NaN where x is 0."""
    cosine: float
    """Between F(x) and x: below 0 the branch takes away from x; NaN where one of them is 0."""


class Responses(NamedTuple):
    """A network on one batch."""

    layers: tuple[LayerResponse, ...]
    """The stem's convolution and those of the residual branches, in network order; projections are not layers of the main
    path.
    """
    blocks: tuple[BlockResponse, ...]
    """The blocks that have a shortcut, in network order: none of a plain network's."""


def responses(model: ResNet, x: Tensor) -> Responses:
    """The responses of a network to pictures `x` (N, C, H, W), in one forward pass in evaluation mode.

    Nothing of the model changes.

    >>> import torch
    >>> from resnet_viz import build, parse_network
    >>> found = responses(build(parse_network("basic-1.1-w4-cifar-c10")).eval(), torch.rand(8, 3, 16, 16))
    >>> [layer.name for layer in found.layers]
    ['bn1', 'layer1.0.bn1', 'layer1.0.bn2', 'layer2.0.bn1', 'layer2.0.bn2']
    >>> [block.name for block in found.blocks]
    ['layer1.0', 'layer2.0']
    """
    blocks = {name: model.get_submodule(name) for name in model.spec.blocks}
    layers = [_behind(model, "conv1", "bn1")]
    branches: dict[str, str] = {}  # block -> the module that puts out F(x)
    for name, block in blocks.items():
        assert isinstance(block, ResidualBlock)
        convolutions = [part for part in block.branch if part.startswith("conv")]
        own = [_behind(block, part, part.replace("conv", "bn"), name, after=not block.pre) for part in convolutions]
        layers += own
        if block.skip:
            branches[name] = own[-1]
    shortcuts = {name: f"{name}.downsample" for name in branches}
    outputs = capture(model, x, [*layers, *shortcuts.values()])
    return Responses(
        tuple(LayerResponse(name, float(outputs[name].double().std(correction=0))) for name in layers),
        tuple(_block(name, outputs[branches[name]], outputs[shortcuts[name]]) for name in branches),
    )


def _behind(parent: nn.Module, convolution: str, norm: str, prefix: str = "", *, after: bool = True) -> str:
    """The full name of the BN behind a convolution, or of the convolution where there is none."""
    name = norm if after and hasattr(parent, norm) else convolution
    return f"{prefix}.{name}" if prefix else name


def _block(name: str, residual: Tensor, shortcut: Tensor) -> BlockResponse:
    f, s = residual.double(), shortcut.double()
    size_f, size_s = float(f.norm()), float(s.norm())
    cosine = float((f * s).sum()) / (size_f * size_s) if size_f and size_s else math.nan
    return BlockResponse(name, size_f / size_s if size_s else math.nan, cosine)
