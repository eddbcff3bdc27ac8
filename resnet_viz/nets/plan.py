"""`plan(spec, input_size)`: the network as data, by arithmetic alone.

The diagram, the cost table, the hover and the text all read this one object.

What is counted
    params            every learned number: weights, BN scales and shifts, the last layer's bias. Not BN's running statistics.
    macs              multiply-adds of convolutions and of the last linear layer (the paper calls them FLOPs). Not counted:
                      BN, ReLU, additions, pooling.
    activation_bytes  float32 bytes that autograd keeps for the backward pass of one training picture, each tensor once, at the
                      first layer that needs it: what a convolution, BN, max-pool or linear layer reads, what a ReLU writes,
                      BN's batch mean and deviation, and the max-pool's int64 indices.
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import NamedTuple

from resnet_viz.kept_up_to import kept_up_to
from resnet_viz.nets.spec import BlockShape, ResNetSpec, ShortcutKind

Shape = tuple[int, int, int]
INPUT = "input"
MAX_INPUT = 4096
KEPT = 50_000
"""Layers of all plans that are kept: a kilobyte each, with what is made of them. The largest plan has 22,000."""
STAGE_NAMES = ("conv2_x", "conv3_x", "conv4_x", "conv5_x")


class Layer(NamedTuple):
    """One operation. `name` is the module's name in the built network."""

    name: str
    kind: str
    """`conv`, `bn`, `relu`, `maxpool`, `avgpool`, `flatten`, `linear`, `add`, `identity` or `zero-pad`."""
    kernel: int
    stride: int
    groups: int
    inputs: tuple[str, ...]
    """Names of the layers it reads from; `input` is the picture."""
    in_shape: Shape
    """(C, H, W) of what it reads; an addition's two inputs share it."""
    out_shape: Shape
    params: int
    macs: int
    activation_bytes: int

    @property
    def on_shortcut(self) -> bool:
        """Whether it stands on a block's shortcut."""
        return ".downsample" in self.name

    @property
    def label(self) -> str:
        """Short and language-free: `3×3 conv, 64, /2`."""
        if self.kind == "conv":
            text = f"{self.kernel}×{self.kernel} conv, {self.out_shape[0]}"
            return (
                text + (f", {self.groups} groups" if self.groups > 1 else "") + (f", /{self.stride}" if self.stride > 1 else "")
            )
        words = {"bn": "BN", "relu": "ReLU", "add": "+", "zero-pad": "zero-pad", "linear": f"fc {self.out_shape[0]}"}
        if self.kind in ("maxpool", "avgpool"):
            word = "max" if self.kind == "maxpool" else "avg"
            return f"{word}-pool" + (f" {self.kernel}×{self.kernel}, /{self.stride}" if self.kind == "maxpool" else "")
        return words.get(self.kind, self.kind)


class _Sums:
    """Totals over `.layers`, shared by everything that has layers."""

    layers: tuple[Layer, ...]

    @cached_property
    def params(self) -> int:
        return sum(layer.params for layer in self.layers)

    @cached_property
    def macs(self) -> int:
        return sum(layer.macs for layer in self.layers)

    @cached_property
    def activation_bytes(self) -> int:
        return sum(layer.activation_bytes for layer in self.layers)

    @property
    def in_shape(self) -> Shape:
        return self.layers[0].in_shape

    @property
    def out_shape(self) -> Shape:
        return self.layers[-1].out_shape


class Block(_Sums):
    """One residual block: its layers in the order in which they run, the shortcut's before the addition."""

    def __init__(self, shape: BlockShape, layers: tuple[Layer, ...]) -> None:
        self.name, self.shape, self.layers = shape.name, shape, layers

    @property
    def shortcut(self) -> ShortcutKind:
        return self.shape.shortcut

    @property
    def stride(self) -> int:
        return self.shape.stride


class Stage(_Sums):
    """The blocks that share a width and a resolution: `layer1` is the paper's conv2_x."""

    def __init__(self, name: str, paper_name: str, blocks: tuple[Block, ...]) -> None:
        self.name, self.paper_name, self.blocks = name, paper_name, blocks

    @cached_property
    def layers(self) -> tuple[Layer, ...]:  # type: ignore[override]  # a field there, derived here
        return tuple(layer for block in self.blocks for layer in block.layers)


class Part(_Sums):
    """The stem or the head."""

    def __init__(self, name: str, layers: tuple[Layer, ...]) -> None:
        self.name, self.layers = name, layers


class Plan(_Sums):
    """A whole network at one input size."""

    def __init__(self, spec: ResNetSpec, input_shape: Shape, stem: Part, stages: tuple[Stage, ...], head: Part) -> None:
        self.spec, self.input_shape, self.stem, self.stages, self.head = spec, input_shape, stem, stages, head

    @cached_property
    def layers(self) -> tuple[Layer, ...]:  # type: ignore[override]  # a field there, derived here
        return (*self.stem.layers, *(layer for stage in self.stages for layer in stage.layers), *self.head.layers)

    @property
    def parts(self) -> tuple[Part | Stage, ...]:
        """Stem, stages and head."""
        return (self.stem, *self.stages, self.head)

    @property
    def blocks(self) -> tuple[Block, ...]:
        return tuple(block for stage in self.stages for block in stage.blocks)

    @property
    def depth(self) -> int:
        return self.spec.depth

    @cached_property
    def by_name(self) -> dict[str, Layer]:
        return {layer.name: layer for layer in self.layers}

    def block(self, name: str) -> Block:
        for block in self.blocks:
            if block.name == name:
                return block
        raise KeyError(f"no block is called {name!r}; there are {', '.join(self.spec.blocks)}")


def plan(spec: ResNetSpec, input_size: int | tuple[int, int] = 224) -> Plan:
    """The network as data for pictures of `input_size` (side, or (H, W), in pixels).

    >>> p = plan(ResNetSpec(block="bottleneck", stages=(3, 4, 6, 3)), 224)
    >>> p.depth, p.params, p.macs
    (50, 25557032, 4089184256)
    """
    sides = input_size if isinstance(input_size, tuple) else (input_size, input_size)
    if len(sides) != 2 or not all(isinstance(side, int) and 1 <= side <= MAX_INPUT for side in sides):
        raise ValueError(f"input size must be one side or (height, width), 1 to {MAX_INPUT} pixels each, got {input_size!r}")
    return _plan(spec, (spec.in_channels, *sides))


def _weight(p: Plan) -> int:
    return len(p.layers)


@kept_up_to(KEPT, _weight)
def _plan(spec: ResNetSpec, shape: Shape) -> Plan:
    return Plan(spec, shape, *_parts(spec, _Draft(shape)))


def _parts(spec: ResNetSpec, draft: _Draft) -> tuple[Part, tuple[Stage, ...], Part]:
    batch_norm = spec.norm == "batch"
    imagenet = spec.stem == "imagenet"
    kernel, stride = (7, 2) if imagenet else (3, 2 if spec.stem == "cifar/2" else 1)
    draft.conv("conv1", spec.width, kernel, stride)
    if batch_norm:
        draft.bn("bn1")
    draft.relu("relu")
    if imagenet:
        draft.maxpool("maxpool", 3, 2)
    stem = Part("stem", draft.take())
    by_stage: dict[int, list[Block]] = {}
    for shape in spec.geometry():
        _block(spec, shape, draft)
        by_stage.setdefault(shape.stage, []).append(Block(shape, draft.take()))
    stages = tuple(Stage(f"layer{n}", STAGE_NAMES[n - 1], tuple(blocks)) for n, blocks in by_stage.items())
    if spec.order == "pre":
        if batch_norm:
            draft.bn("bn_out")
        draft.relu("relu_out")
    draft.pool_to_one("avgpool")
    draft.flatten("flatten")
    draft.linear("fc", spec.classes)
    return stem, stages, Part("head", draft.take())


def _block(spec: ResNetSpec, s: BlockShape, draft: _Draft) -> None:
    """The layers of one block. The order of He et al. 2015, Fig. 5, or of He et al. 2016, Fig. 4(e)."""
    batch_norm, pre = spec.norm == "batch", spec.order == "pre"
    if spec.block == "basic":
        sizes = [(s.mid_channels, 3, s.stride, 1), (s.out_channels, 3, 1, 1)]
    else:
        one, three = (s.stride, 1) if spec.stride_on == "1x1" else (1, s.stride)
        sizes = [(s.mid_channels, 1, one, 1), (s.mid_channels, 3, three, spec.groups), (s.out_channels, 1, 1, 1)]
    name, source = s.name, draft.at
    for i, (channels, kernel, stride, groups) in enumerate(sizes, 1):
        if pre and not (s.first and i == 1):
            if batch_norm:
                draft.bn(f"{name}.bn{i}")
            draft.relu(f"{name}.relu{i}")
            if i == 1 and s.shortcut != "identity":
                source = draft.at  # a shortcut that changes x reads the activated x
        draft.conv(f"{name}.conv{i}", channels, kernel, stride, groups)
        if not pre:
            if batch_norm:
                draft.bn(f"{name}.bn{i}")
            if i < len(sizes):
                draft.relu(f"{name}.relu{i}")
    if s.shortcut != "none":
        residual = draft.at
        draft.at = source
        if s.shortcut == "identity":
            draft.identity(f"{name}.downsample")
        elif s.shortcut == "zero-pad":
            draft.zero_pad(f"{name}.downsample", s.out_channels, s.stride)
        else:
            draft.conv(f"{name}.downsample.0", s.out_channels, 1, s.stride)
            if batch_norm and not pre:
                draft.bn(f"{name}.downsample.1")
        draft.add(f"{name}.add", residual)
    if not pre:
        draft.relu(f"{name}.relu{len(sizes)}")


class _Draft:
    """Layers being listed; `at` is the layer whose output the next one reads."""

    def __init__(self, shape: Shape) -> None:
        self.at, self.shape = INPUT, shape
        self.shapes: dict[str, Shape] = {INPUT: shape}
        self.layers: list[Layer] = []
        self.kept: set[str] = set()  # outputs already counted as kept for the backward pass

    def take(self) -> tuple[Layer, ...]:
        layers, self.layers = tuple(self.layers), []
        return layers

    def _keep(self, name: str) -> int:
        """Bytes of this output, if nothing has kept it yet."""
        if name in self.kept:
            return 0
        self.kept.add(name)
        return 4 * math.prod(self.shapes[name])

    def _put(
        self, name: str, kind: str, out: Shape, kernel: int, stride: int, groups: int, params: int, macs: int, kept: int
    ) -> None:
        here = self.shapes[self.at]
        self.layers.append(Layer(name, kind, kernel, stride, groups, (self.at,), here, out, params, macs, kept))
        self.shapes[name] = out
        self.at = name

    def conv(self, name: str, channels: int, kernel: int, stride: int, groups: int = 1) -> None:
        c, h, w = self.shapes[self.at]
        out = (channels, (h - 1) // stride + 1, (w - 1) // stride + 1)  # padding keeps H×W at stride 1
        weights = channels * (c // groups) * kernel * kernel
        self._put(name, "conv", out, kernel, stride, groups, weights, weights * out[1] * out[2], self._keep(self.at))

    def bn(self, name: str) -> None:
        shape = self.shapes[self.at]
        self._put(name, "bn", shape, 1, 1, 1, 2 * shape[0], 0, self._keep(self.at) + 8 * shape[0])

    def relu(self, name: str) -> None:
        self._put(name, "relu", self.shapes[self.at], 1, 1, 1, 0, 0, 0)
        last = self.layers[-1]
        self.layers[-1] = last._replace(activation_bytes=self._keep(name))

    def maxpool(self, name: str, kernel: int, stride: int) -> None:
        c, h, w = self.shapes[self.at]
        out = (c, (h - 1) // stride + 1, (w - 1) // stride + 1)
        self._put(name, "maxpool", out, kernel, stride, 1, 0, 0, self._keep(self.at) + 8 * out[0] * out[1] * out[2])

    def pool_to_one(self, name: str) -> None:
        self._put(name, "avgpool", (self.shapes[self.at][0], 1, 1), 0, 1, 1, 0, 0, 0)

    def flatten(self, name: str) -> None:
        self._put(name, "flatten", self.shapes[self.at], 1, 1, 1, 0, 0, 0)

    def linear(self, name: str, classes: int) -> None:
        c = self.shapes[self.at][0]
        self._put(name, "linear", (classes, 1, 1), 1, 1, 1, c * classes + classes, c * classes, self._keep(self.at))

    def identity(self, name: str) -> None:
        self._put(name, "identity", self.shapes[self.at], 1, 1, 1, 0, 0, 0)

    def zero_pad(self, name: str, channels: int, stride: int) -> None:
        _, h, w = self.shapes[self.at]
        self._put(name, "zero-pad", (channels, (h - 1) // stride + 1, (w - 1) // stride + 1), 1, stride, 1, 0, 0, 0)

    def add(self, name: str, residual: str) -> None:
        shortcut = self.at
        self._put(name, "add", self.shapes[self.at], 1, 1, 1, 0, 0, 0)
        self.layers[-1] = self.layers[-1]._replace(inputs=(residual, shortcut))
