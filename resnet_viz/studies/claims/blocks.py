"""Claims about blocks: what they cost, how they change shapes, and in which order their layers run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from resnet_viz.nets.blockcost import BLOCK, block_spec
from resnet_viz.nets.plan import Shape
from resnet_viz.nets.presets import preset
from resnet_viz.nets.published_results import MULTIPLY_ADDS
from resnet_viz.nets.resnet import ResNet, build
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.probes.broadcasting import try_add
from resnet_viz.probes.consumers import consumers
from resnet_viz.probes.timing import work
from resnet_viz.studies.claims import Finding, Verdict

SIZE = 224
"""Side of the pictures for which ResNet-18 and ResNet-50 were published."""


def counted_macs(module: nn.Module, shape: tuple[int, ...]) -> int:
    """Multiply-adds of one forward pass on (N, C, H, W), counted by hooks as it runs."""
    return work(module, torch.zeros(shape)).macs


# What a bottleneck costs


@dataclass(frozen=True)
class BlockCosts(Finding):
    """A basic block and a bottleneck of C channels in and out on H×W positions."""

    channels: int
    height: int
    width: int
    basic: int
    """Multiply-adds, counted as the block ran."""
    bottleneck: int

    claimed_share = Fraction(3, 4)
    claimed_ratio = Fraction(1, 3)

    @property
    def share(self) -> Fraction:
        """The bottleneck's multiply-adds in units of C²HW."""
        return Fraction(self.bottleneck, self.channels**2 * self.height * self.width)

    @property
    def ratio(self) -> Fraction:
        """The bottleneck's multiply-adds over the basic block's."""
        return Fraction(self.bottleneck, self.basic)

    @property
    def verdict(self) -> Verdict:
        near = abs(self.ratio / self.claimed_ratio - 1) < Fraction(1, 10)
        return "holds" if self.share == self.claimed_share and near else "corrected"

    @property
    def numbers(self) -> dict[str, Any]:
        return super().numbers | {
            "share": self.share,
            "times": round(1 / self.ratio),
            "basic_share": self.share / self.ratio,
            "claimed_share": self.claimed_share,
            "claimed_ratio": self.claimed_ratio,
            "claimed_quotient": self.claimed_share / (self.share / self.ratio),
        }


def cost(channels: int = 64, side: int = 56) -> BlockCosts:
    """Run both blocks, with as many channels as ResNet-18 has in its first stage unless told otherwise."""
    shape = (1, channels, side, side)
    basic, bottleneck = (
        counted_macs(build(block_spec(block, channels)).get_submodule(BLOCK), shape) for block in ("basic", "bottleneck")
    )
    return BlockCosts(channels, side, side, basic, bottleneck)


# Where the shape changes


class FirstBlock(NamedTuple):
    """The first block of a stage."""

    name: str
    before: Shape
    """(C, H, W) of what comes in."""
    after: Shape
    projects: bool
    """Whether its shortcut is a projection."""

    @property
    def stride(self) -> int:
        return self.before[1] // self.after[1]


@lru_cache(maxsize=4)
def first_blocks(network: str) -> tuple[FirstBlock, ...]:
    """What the first block of each stage does to the shape of what comes in, for a picture of 224×224 pixels: run and seen."""
    model = build(preset(network)).eval()
    shapes: dict[str, tuple[Shape, Shape]] = {}

    def keep(name: str) -> Any:
        def hook(_module: nn.Module, inputs: tuple[Tensor], output: Tensor) -> None:
            shapes[name] = (_shape(inputs[0]), _shape(output))

        return hook

    firsts = [name for name in model.spec.blocks if name.endswith(".0")]
    for name in firsts:
        model.get_submodule(name).register_forward_hook(keep(name))
    with torch.no_grad():
        model(torch.zeros(1, 3, SIZE, SIZE))
    identities = {name for name in firsts if isinstance(model.get_submodule(f"{name}.downsample"), nn.Identity)}
    return tuple(FirstBlock(name, *shapes[name], name not in identities) for name in firsts)


def _shape(x: Tensor) -> Shape:
    channels, height, width = x.shape[1:]
    return channels, height, width


@dataclass(frozen=True)
class Strides(Finding):
    """The first block of each stage of ResNet-18 and of ResNet-50."""

    small: tuple[FirstBlock, ...]
    large: tuple[FirstBlock, ...]

    @property
    def verdict(self) -> Verdict:
        return "holds" if all(block.stride == 2 for block in (*self.small, *self.large)) else "corrected"

    @property
    def numbers(self) -> dict[str, Any]:
        halving = {name: sum(block.stride == 2 for block in blocks) for name, blocks in self._both()}
        first = {f"first_{name}": _arrow(blocks[0].before, blocks[0].after) for name, blocks in self._both()}
        return super().numbers | first | halving | {"stages": len(self.small), "side": self.small[0].before[1]}

    def _both(self) -> tuple[tuple[str, tuple[FirstBlock, ...]], ...]:
        return ("resnet18", self.small), ("resnet50", self.large)


def _arrow(before: Shape, after: Shape) -> str:
    return f"{'×'.join(map(str, before))} → {'×'.join(map(str, after))}"


def strides() -> Strides:
    """Run both networks and look at their first blocks."""
    return Strides(first_blocks("resnet18"), first_blocks("resnet50"))


@dataclass(frozen=True)
class Channels(Finding):
    """The channels that each stage of ResNet-18 and of ResNet-50 puts out, the first coming in."""

    small_in: tuple[int, ...]
    """What comes into each stage."""
    small: tuple[int, ...]
    large_in: tuple[int, ...]
    large: tuple[int, ...]

    claimed = (64, 128, 256, 512)

    @property
    def verdict(self) -> Verdict:
        fits = [outputs == self.claimed for outputs in (self.small, self.large)]
        return "holds" if all(fits) else "depends" if any(fits) else "corrected"

    @property
    def numbers(self) -> dict[str, Any]:
        rows = {name: " → ".join(map(str, getattr(self, name))) for name in ("small", "large", "claimed")}
        return rows | {"factor": self.large[0] // self.large_in[0], "wide": self.large[0], "narrow": self.large_in[0]}


def channels() -> Channels:
    """Run both networks and count the channels of their first blocks."""
    small, large = first_blocks("resnet18"), first_blocks("resnet50")
    sides = [tuple(getattr(block, side)[0] for block in blocks) for blocks in (small, large) for side in ("before", "after")]
    return Channels(*sides)


# In which order layers run


class Followed(NamedTuple):
    """What comes after the convolutions of a network."""

    convolutions: int
    norm: int
    """How many are followed by BN."""
    norm_relu: int
    """How many are followed by BN and then by a ReLU."""
    norm_add: int
    """How many are followed by BN and then by the addition."""


def followed(spec: ResNetSpec) -> Followed:
    """Follow the output of every convolution, projections included, through one forward pass."""
    model = build(spec).eval()
    after = consumers(model, torch.zeros(1, spec.in_channels, 32, 32))  # the order does not depend on the size
    convolutions = [name for name in after if isinstance(model.get_submodule(name), nn.Conv2d)]
    norms = [name for one in convolutions for name in after[one] if isinstance(model.get_submodule(name), nn.BatchNorm2d)]
    thirds = [name for one in norms for name in after[one]]
    return Followed(
        len(convolutions),
        len(norms),
        sum(isinstance(model.get_submodule(name), nn.ReLU) for name in thirds),
        sum(name.endswith(".add") for name in thirds),
    )


@dataclass(frozen=True)
class Order(Finding):
    """ResNet-18, ResNet-50 and ResNet-18 with pre-activation."""

    small: Followed
    large: Followed
    pre: Followed

    @property
    def verdict(self) -> Verdict:
        return "holds" if all(one.norm_relu == one.convolutions for one in (self.small, self.large)) else "corrected"

    @property
    def numbers(self) -> dict[str, Any]:
        named: Iterable[tuple[str, Followed]] = (("small", self.small), ("large", self.large), ("pre", self.pre))
        return {f"{name}_{field}": value for name, one in named for field, value in one._asdict().items()}


def order() -> Order:
    """Follow all convolutions of three networks."""
    small = preset("resnet18")
    return Order(followed(small), followed(preset("resnet50")), followed(replace(small, order="pre")))


# A bottleneck in code

PAPER_MACS_50 = MULTIPLY_ADDS["resnet50"]


@dataclass(frozen=True)
class Code(Finding):
    """ResNet-50 as published, and with bottlenecks that have BN on their projections only and their stride on the first 1×1."""

    convolutions: int
    """Of bottlenecks, their projections and the stem."""
    norms: int
    """BN modules of the published network."""
    norms_copied: int
    """BN modules of the copied one."""
    macs_1x1: int
    macs_3x3: int

    @property
    def paper_agrees(self) -> bool:
        """Whether the stride on the 1×1 gives the paper's count."""
        return abs(self.macs_1x1 - PAPER_MACS_50.value) < abs(self.macs_3x3 - PAPER_MACS_50.value)

    @property
    def verdict(self) -> Verdict:
        return "holds" if self.norms_copied == self.norms and self.paper_agrees else "corrected"

    @property
    def numbers(self) -> dict[str, Any]:
        projections = self.norms_copied - 1
        return super().numbers | {
            "projections": projections,
            "v1": self.macs_1x1 / 1e9,
            "v15": self.macs_3x3 / 1e9,
            "paper": PAPER_MACS_50.value / 1e9,
        }


def code() -> Code:
    """Build both and count their modules and multiply-adds."""
    published = build(preset("resnet50"))
    paper = build(replace(published.spec, stride_on="1x1"))
    copied = build(paper.spec)
    for block in copied.spec.blocks:  # the stem and the projections keep theirs
        for name in ("bn1", "bn2", "bn3"):
            setattr(copied.get_submodule(block), name, nn.Identity())

    def modules(model: ResNet, kind: type[nn.Module]) -> int:
        return sum(isinstance(module, kind) for module in model.modules())

    return Code(
        modules(published, nn.Conv2d),
        modules(published, nn.BatchNorm2d),
        modules(copied, nn.BatchNorm2d),
        *(counted_macs(model, (1, 3, SIZE, SIZE)) for model in (paper, published)),
    )


# Two shapes


@dataclass(frozen=True)
class ShapeSums(Finding):
    """Two sums that PyTorch was asked for: x + x, and F(x) + x where a stage begins."""

    x: Shape
    f: Shape
    same: Shape | None
    """Shape of x + x; None where PyTorch refuses it."""
    error: str
    """PyTorch's words about F(x) + x; empty where it adds them."""

    @property
    def verdict(self) -> Verdict:
        return "holds" if self.same == self.x and self.error else "corrected"

    @property
    def numbers(self) -> dict[str, Any]:
        return {"x": "×".join(map(str, self.x)), "f": "×".join(map(str, self.f)), "error": self.error}


def shapes() -> ShapeSums:
    """Add what meets in ResNet-18 where its second stage begins, without a projection."""
    block = first_blocks("resnet18")[1]
    return ShapeSums(
        block.before, block.after, try_add(block.before, block.before).shape, try_add(block.after, block.before).error
    )
