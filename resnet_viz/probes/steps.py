"""`block_steps`: one residual block, operation by operation, on real tensors, with the line of code that makes each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from resnet_viz.nets.plan import INPUT, Layer, plan
from resnet_viz.nets.resnet import ResNet
from resnet_viz.probes.capture import capture

Term = Literal["x", "F", "+", "relu"]


class Step(NamedTuple):
    """One operation of a block."""

    name: str
    """The module that computes it; for the block's input the layer that it comes from, or `input`."""
    kind: str
    """The plan's kind of layer, or `input`."""
    code: str
    """A line of Python in which `self` is the block, `x` its input, `identity` the shortcut and `out` the main path."""
    term: Term
    """The part of y = ReLU(F(x) + x) it belongs to."""
    reads: tuple[int, ...]
    """Indices of the steps whose values it takes."""
    value: Tensor
    """(1, C, H, W), as it was when computed."""


@dataclass(frozen=True)
class BlockSteps:
    """The steps of one block in an order in which they can be run. The first is the block's input, the last its output."""

    block: str
    steps: tuple[Step, ...]
    silenced: str = ""
    """The module whose parameters were set to 0 for the pass."""

    def of_term(self, term: Term) -> Step | None:
        """The last step of one term: `F` gives the residual branch F(x), `x` what the shortcut carries."""
        return next((step for step in reversed(self.steps) if step.term == term), None)


def block_steps(model: ResNet, x: Tensor, block: str, *, zero_branch: bool = False) -> BlockSteps:
    """Every intermediate value of one block for the first picture of `x` (N, C, H, W), in one forward pass.

    Measured in evaluation mode; nothing of the model changes. `zero_branch` puts 0 in the place of the last scale and shift of
    the residual branch, or of its last convolution where there is no BN after it: F(x) = 0, as with zero-gamma initialisation
    (Goyal et al. 2017, arXiv 1706.02677, §5.1).

    Raises `KeyError` for a block that is not there.

    >>> from resnet_viz import build, preset
    >>> model = build(preset("cifar_resnet20")).eval()
    >>> for step in block_steps(model, torch.randn(1, 3, 32, 32), "layer1.0").steps:
    ...     print(step.code)
    identity = x
    out = self.conv1(x)
    out = self.bn1(out)
    out = self.relu1(out)
    out = self.conv2(out)
    out = self.bn2(out)
    out = out + identity
    out = self.relu2(out)
    """
    layers = plan(model.spec, (x.shape[2], x.shape[3])).block(block).layers
    source = layers[0].inputs[0]
    names = [layer.name for layer in layers if layer.kind != "identity"]
    silenced, replaced = "", {}
    if zero_branch:
        silenced = f"{block}.{model.get_submodule(block).branch[-1]}"  # type: ignore[index]  # a tuple of names
        replaced = {f"{silenced}.{n}": torch.zeros_like(p) for n, p in model.get_submodule(silenced).named_parameters()}
    values = capture(model, x[:1], [*([] if source == INPUT else [source]), *names], replaced=replaced)
    values.setdefault(INPUT, x[:1])
    return BlockSteps(block, tuple(_steps(block, _ordered(layers), source, values)), silenced)


def _ordered(layers: Sequence[Layer]) -> list[Layer]:
    """The shortcut's layers right behind what they read, as one would write it."""
    side = [layer for layer in layers if layer.on_shortcut]
    main = [layer for layer in layers if not layer.on_shortcut]
    if not side:
        return main
    at = next((i + 1 for i, layer in enumerate(main) if layer.name == side[0].inputs[0]), 0)
    return [*main[:at], *side, *main[at:]]


def _steps(block: str, layers: Sequence[Layer], source: str, values: dict[str, Tensor]) -> list[Step]:
    same = any(layer.kind == "identity" for layer in layers)
    side = next((layer for layer in layers if layer.on_shortcut), None)
    shared = side is not None and side.inputs[0] != source  # a pre-activation that both ways read
    steps = [Step(source, "input", "identity = x" if same else "x", "x", (), values[source])]
    where = {source: 0}
    for layer in layers:
        if layer.kind == "identity":
            where[layer.name] = 0
            continue
        own = layer.name.removeprefix(f"{block}.")
        call = "self." + re.sub(r"[.](\d+)", r"[\1]", own)  # downsample.0 is downsample[0]
        reads = tuple(where[name] for name in layer.inputs)
        after_sum = any(step.term == "+" for step in steps) or (layer is layers[-1] and layer.kind == "relu")
        if layer.kind == "add":
            code, term = "out = out + identity", "+"
        elif own.startswith("downsample"):
            argument = ("out" if shared else "x") if layer is side else "identity"
            code, term = f"identity = {call}({argument})", "x"
        else:
            code, term = f"out = {call}({'x' if reads == (0,) else 'out'})", "relu" if after_sum else "F"
        where[layer.name] = len(steps)
        steps.append(Step(layer.name, layer.kind, code, term, reads, values[layer.name]))  # type: ignore[arg-type]
    return steps


# One number, followed by hand


class Product(NamedTuple):
    """One term of a convolution's sum."""

    channel: int
    row: int
    column: int
    value: float
    weight: float


class Hand(NamedTuple):
    """How one number of one step comes about."""

    channel: int
    row: int
    column: int
    result: float
    parts: tuple[float, ...]
    """What goes in. input: (); relu, identity, zero-pad: (v,), empty where zero-pad has nothing; add: (F, x);
    bn: (v, mean, variance, ε, scale, shift); conv: (sum of the products that are not among `products`,)."""
    products: tuple[Product, ...] = ()
    """The largest products of a convolution, largest first."""
    terms: int = 0
    """How many products a convolution adds up; those with the padding's zeros count."""


@torch.no_grad()
def by_hand(model: ResNet, steps: BlockSteps, place: tuple[int, int, int], *, products: int = 3) -> tuple[Hand, ...]:
    """Follow the number at `place` = (channel, row, column) of the block's output back through every step.

    Where a step has fewer channels the channel wraps round; where it has more rows than the output, the row is the one the
    stride leads to. Out-of-range places are brought inside.
    """
    _, channels, height, width = steps.steps[-1].value.shape
    c, r, k = (min(max(at, 0), size - 1) for at, size in zip(place, (channels, height, width), strict=True))
    hands = []
    for step in steps.steps:
        _, own, rows, columns = step.value.shape
        at = (c % own, r * -(-rows // height) if rows > 1 else 0, k * -(-columns // width) if columns > 1 else 0)
        at = (at[0], min(at[1], rows - 1), min(at[2], columns - 1))
        sources = [steps.steps[i].value[0] for i in step.reads]  # each (C, H, W)
        hands.append(_hand(model, step, sources, at, products, silent=step.name == steps.silenced))
    return tuple(hands)


def _hand(model: ResNet, step: Step, sources: Sequence[Tensor], at: tuple[int, int, int], count: int, *, silent: bool) -> Hand:
    channel, row, column = at
    result = float(step.value[0][at])
    if step.kind == "conv":
        module = model.get_submodule(step.name)
        assert isinstance(module, nn.Conv2d)
        weights = module.weight[channel].detach() * (not silent)
        found, rest, terms = _largest_products(module, weights, sources[0], at, count)
        return Hand(channel, row, column, result, (rest,), found, terms)
    if step.kind == "bn":
        norm = model.get_submodule(step.name)
        assert isinstance(norm, nn.BatchNorm2d)
        assert norm.running_mean is not None
        assert norm.running_var is not None
        scale, shift = norm.weight[channel] * (not silent), norm.bias[channel] * (not silent)
        numbers = (sources[0][at], norm.running_mean[channel], norm.running_var[channel], norm.eps, scale, shift)
        return Hand(channel, row, column, result, tuple(float(n) for n in numbers))
    if step.kind == "zero-pad":
        return Hand(channel, row, column, result, _padded(step.value[0], sources[0], at))
    return Hand(channel, row, column, result, tuple(float(source[at]) for source in sources))


def _padded(out: Tensor, x: Tensor, at: tuple[int, int, int]) -> tuple[float, ...]:
    """What option A takes over at this place: one number of x, or nothing where it pads."""
    channel, row, column = at
    front = (out.shape[0] - x.shape[0]) // 2
    stride = -(-x.shape[1] // out.shape[1]), -(-x.shape[2] // out.shape[2])
    if not front <= channel < front + x.shape[0]:
        return ()
    return (float(x[channel - front, row * stride[0], column * stride[1]]),)


def _largest_products(
    conv: nn.Conv2d, weights: Tensor, x: Tensor, at: tuple[int, int, int], count: int
) -> tuple[tuple[Product, ...], float, int]:
    """The largest products of one output number, made with `weights` (I, k, k), the sum of all others, and how many there are."""
    channel, row, column = at
    stride, padding, kernel = int(conv.stride[0]), int(conv.padding[0]), int(conv.kernel_size[0])
    inputs = conv.in_channels // conv.groups
    first = channel // (conv.out_channels // conv.groups) * inputs
    padded = F.pad(x[first : first + inputs], (padding,) * 4)  # (I, H + 2p, W + 2p)
    top, left = row * stride, column * stride
    patch = padded[:, top : top + kernel, left : left + kernel]  # (I, k, k)
    each = (patch.double() * weights.double()).flatten()
    order = each.abs().argsort(descending=True)[:count].tolist()
    found = []
    for i in order:
        c, r, k = i // kernel**2, i // kernel % kernel, i % kernel
        found.append(Product(first + c, top + r - padding, left + k - padding, float(patch[c, r, k]), float(weights[c, r, k])))
    rest = float(each.sum() - each[order].sum())
    return tuple(found), rest, each.numel()
