"""Questions on *Shortcuts*, *Mixing*, *Basic or bottleneck* and *Build*."""

from __future__ import annotations

from typing import Any

from resnet_viz.nets.blockcost import PAPER, block_plan
from resnet_viz.nets.headcost import head_cost
from resnet_viz.nets.plan import plan
from resnet_viz.nets.presets import preset
from resnet_viz.studies.quiz.answer import Answer, exactly, nearest, question

SIDE = 9
"""Side of the maps in which one pixel is changed."""
CHANNELS = 8


@question(counted=True)
def shortcuts_projections() -> Answer:
    """Blocks of ResNet-18 whose shortcut is a projection."""
    blocks = plan(preset("resnet18")).blocks
    projecting = [block.name for block in blocks if block.shortcut == "projection"]
    return exactly(len(projecting), (0, 3, 4, len(blocks)), {"names": ", ".join(projecting), "all": len(blocks)})


@question(counted=True)
def shortcuts_share() -> Answer:
    """The share of ResNet-50's parameters in its projections, their BN included."""
    p = plan(preset("resnet50"))
    projections = [layer for layer in p.layers if layer.on_shortcut and layer.params]
    params = sum(layer.params for layer in projections)
    options = (0.001, 0.01, 0.1, 0.4)
    convolutions = sum(layer.kind == "conv" for layer in projections)
    numbers = {"params": params, "all": p.params, "share": params / p.params, "count": convolutions}
    return Answer(options, nearest(params / p.params, options), numbers)


@question()
def mixing_pixel() -> Answer:
    """Positions of a 1×1 convolution's output that change with one pixel of its input."""
    one, three = (int((pixel_change(kernel) != 0).sum()) for kernel in (1, 3))
    return exactly(one, (1, 3, 9, SIDE * SIDE), {"one": one, "three": three, "side": SIDE})


def pixel_change(kernel: int) -> Any:
    """(H, W): how much the outputs of a k×k convolution of 8 channels change when the middle pixel of its input does."""
    import torch

    layer, x = _layer_and_input(kernel)
    nudged = x.clone()
    nudged[:, :, SIDE // 2, SIDE // 2] += 1
    with torch.no_grad():
        return (layer(nudged) - layer(x)).abs().sum((0, 1)).numpy()


@question()
def mixing_twice() -> Answer:
    """Whether two 1×1 convolutions in a row, with nothing between them, are one."""
    import torch

    (first, x), (second, _) = _layer_and_input(1, "first"), _layer_and_input(1, "second")
    product = (second.weight[:, :, 0, 0] @ first.weight[:, :, 0, 0])[:, :, None, None]  # (K, C, 1, 1)
    with torch.no_grad():
        one = torch.nn.functional.conv2d(x, product)
        apart = {
            name: float((second(between(first(x))) - one).norm() / one.norm())
            for name, between in (("bare", lambda y: y), ("relu", torch.relu))
        }
    found = "one" if apart["bare"] < 1e-5 else "more"
    return exactly(found, ("one", "wider", "more"), {"channels": CHANNELS, **apart})


def _layer_and_input(kernel: int, name: str = "layer") -> Any:
    """A k×k convolution of 8 channels, and a picture of noise for it."""
    import torch

    from resnet_viz.nets.blocks import convolution
    from resnet_viz.nets.resnet import named_generator

    layer = convolution(CHANNELS, CHANNELS, kernel)
    torch.nn.init.kaiming_normal_(layer.weight, generator=named_generator(0, name))
    return layer.requires_grad_(False), torch.randn(1, CHANNELS, SIDE, SIDE, generator=named_generator(0, "x"))


@question(counted=True)
def bottleneck_pair() -> Answer:
    """The paper's pair: a bottleneck of 256 channels over a basic block of 64, in multiply-adds."""
    basic, bottleneck = (block_plan(block, channels, 56, 56).macs for block, channels in PAPER.items())
    options = (1 / 17, 1.0, 4.0, 16.0)
    return Answer(options, nearest(bottleneck / basic, options), {"basic": basic, "bottleneck": bottleneck})


@question(counted=True)
def bottleneck_most() -> Answer:
    """The convolution of a bottleneck that costs most."""
    layers = [layer for layer in block_plan("bottleneck", PAPER["bottleneck"], 56, 56).layers if layer.kind == "conv"]
    macs = [layer.macs for layer in layers]
    most = "alike" if max(macs) < 1.1 * min(macs) else f"conv{macs.index(max(macs)) + 1}"
    numbers = {"macs": macs, "most": max(macs), "share": max(macs) / sum(macs), "kernel": layers[macs.index(max(macs))].kernel}
    return exactly(most, ("conv1", "conv2", "conv3", "alike"), numbers)


@question(counted=True)
def build_params() -> Answer:
    """The stage of ResNet-50 that holds most parameters."""
    p = plan(preset("resnet50"))
    params = [stage.params for stage in p.stages]
    right = params.index(max(params))
    numbers = {"params": params, "most": params[right], "share": params[right] / p.params}
    return Answer(tuple(stage.paper_name for stage in p.stages), right, numbers)


@question(counted=True)
def build_head() -> Answer:
    """A linear layer on ResNet-18's whole last map, over all the parameters that the network has."""
    p = plan(preset("resnet18"))
    head = head_cost(p)
    options, ratio = (0.04, 0.5, 1.0, 2.0), head.whole_map / p.params
    numbers = {"whole_map": head.whole_map, "params": p.params, "ratio": ratio, "pooled": head.pooled}
    return Answer(options, nearest(ratio, options), numbers)
