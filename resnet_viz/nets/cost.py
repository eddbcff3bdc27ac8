"""What one pass through a network takes, by arithmetic alone: decided before anything is built.

    weight_bytes     float32 parameters and BN's running statistics, as a checkpoint of the network holds them
    inference_bytes  the most that a pass without gradients holds at once, besides the weights
    capture_bytes    the same where every block's output is kept
    training_bytes   the most that a forward and a backward pass hold at once, besides the weights and their gradients

The bytes are what PyTorch holds on a CPU while the modules of `nets.resnet` run one after another; what its convolutions copy
into layouts of their own is counted as one more copy of what they read and write. A process grows by up to twice as much,
because its allocator keeps some of what was freed; `tests/nets/test_cost.py` holds it to that.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

from resnet_viz.nets.plan import Block, Layer, Part, Plan, Shape, plan
from resnet_viz.nets.spec import ResNetSpec

FLOAT = 4
"""Bytes of a number."""
_TENSORS = {"conv": 1, "bn": 5, "linear": 2}


class Cost(NamedTuple):
    """One batch through one network."""

    depth: int
    params: int
    macs: int
    """Multiply-adds of the forward pass."""
    weight_bytes: int
    tensors: int
    """Parameters and buffers, each a tensor."""
    inference_bytes: int
    capture_bytes: int
    training_bytes: int


@lru_cache(maxsize=512)
def cost(spec: ResNetSpec, size: int, batch: int = 1) -> Cost:
    """What `batch` pictures of `size` × `size` pixels take in this network.

    >>> from resnet_viz.nets.presets import preset
    >>> cost(preset("resnet50"), 224).macs, cost(preset("resnet50"), 224).weight_bytes
    (4089184256, 102441032)
    """
    p = plan(spec, size)
    norms = [layer for layer in p.layers if layer.kind == "bn"]
    statistics = sum(2 * FLOAT * layer.out_shape[0] + 8 for layer in norms)  # mean, variance and a count
    passing = max(_bytes(layer.in_shape) + _bytes(layer.out_shape) for layer in p.layers)
    copied = FLOAT * max(layer.params for layer in p.layers)  # weights in a layout of the convolution's own
    results = sum(_bytes(block.out_shape) for block in p.blocks)
    return Cost(
        depth=p.depth,
        params=p.params,
        macs=p.macs * batch,
        weight_bytes=FLOAT * p.params + statistics,
        tensors=sum(_TENSORS.get(layer.kind, 0) for layer in p.layers),
        inference_bytes=_most_at_once(p) * batch + copied,
        capture_bytes=(_most_at_once(p) + results) * batch + copied,
        training_bytes=(p.activation_bytes + 3 * passing) * batch + 2 * copied,
    )


def _bytes(shape: Shape) -> int:
    return FLOAT * math.prod(shape)


def _most_at_once(p: Plan) -> int:
    """Bytes of one picture's tensors that are alive together, at the layer where they are most."""
    most = 0
    for part in p.parts:
        if isinstance(part, Part):
            most = max(most, *(_alone(layer) for layer in part.layers))
            continue
        entering = _bytes(part.in_shape)  # the loop over the stages holds on to it
        most = max(most, *(entering + _in_block(block) for block in part.blocks))
    return most


def _alone(layer: Layer) -> int:
    """What a layer reads and writes, what a convolution copies, and the places of a max-pool's maxima."""
    here = _bytes(layer.in_shape) + _bytes(layer.out_shape)
    extra = {"conv": here, "maxpool": 2 * _bytes(layer.out_shape)}
    return here + extra.get(layer.kind, 0)


def _in_block(block: Block) -> int:
    """The block's input stays until its end, the branch's result from where it is there."""
    sizes = {layer.name: _bytes(layer.out_shape) for layer in block.layers}
    add = next((layer for layer in block.layers if layer.kind == "add"), None)
    held, most = _bytes(block.in_shape), 0
    for layer in block.layers:
        most = max(most, held + _alone(layer) + (_bytes(layer.in_shape) if layer.kind == "add" else 0))
        if add and layer.name == add.inputs[0]:
            held += sizes[layer.name]
    return most
