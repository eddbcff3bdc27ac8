"""Lesions: what a trained network loses when blocks are deleted (Veit et al. 2016, arXiv 1605.06431, §4.1 and §4.2) or swapped
(§4.3), or when a block loses its skip connection.

*Deleting* a block with a shortcut removes its residual branch: what is left is the shortcut and, in a post-activation block,
the ReLU behind the sum. A block without a shortcut is removed whole and its input handed on. Where such a block changes the
shape, its input cannot be handed on as it is; it then goes through option A's stride and zero channels (He et al. 2015, §4.1).
Removing a block's *skip* is the opposite: the residual branch is left and goes on alone.
Weights and BN's statistics of what remains are left as they were: nothing is trained again.

Everything is measured in evaluation mode. Nothing of the model changes: its modules are called one after the other, and those
that are deleted are not. `Refused` is raised where a score would rest on logits that are not finite numbers.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

from torch import Tensor, nn
from torch.nn import functional as F

from resnet_viz.nets.blocks import ResidualBlock, ZeroPad
from resnet_viz.nets.resnet import ResNet
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.probes.finite import check_finite
from resnet_viz.probes.unchanged import unchanged


class LesionScore(NamedTuple):
    """A network, or what is left of it, on labelled pictures."""

    loss: float
    """Mean cross-entropy, nats."""
    error: float
    """Share of pictures whose class is not the first guess."""


class Lesion(NamedTuple):
    """What deleting one block, or removing its skip, leads to."""

    block: str
    """The block that is hurt; empty for the undisturbed network."""
    score: LesionScore


def lesion(model: ResNet, x: Tensor, y: Tensor) -> Iterator[Lesion]:
    """The undisturbed network, then each block deleted in turn, from the input to the output.

    `x` is (N, C, H, W), `y` (N,) the classes. What reaches a block is computed once for it and all later ones, so the n deletions
    cost about n/2 passes. A generator: whoever stops asking stops the work.

    >>> import torch
    >>> from resnet_viz import build, parse_network
    >>> model = build(parse_network("basic-1.1-w4-cifar-c10")).eval()
    >>> [found.block for found in lesion(model, torch.rand(8, 3, 16, 16), torch.arange(8))]
    ['', 'layer1.0', 'layer2.0']
    """
    return _one_by_one(model, x, y, list(model.spec.blocks), bypass)


def skip_lesion(model: ResNet, x: Tensor, y: Tensor) -> Iterator[Lesion]:
    """The undisturbed network, then each skip connection removed in turn: the block hands on its residual branch alone.

    As `lesion`, but blocks that have no skip are left out.

    >>> import torch
    >>> from resnet_viz import build, parse_network
    >>> model = build(parse_network("basic-1.1-w4-cifar-c10-cut1.0")).eval()
    >>> [found.block for found in skip_lesion(model, torch.rand(8, 3, 16, 16), torch.arange(8))]
    ['', 'layer2.0']
    """
    return _one_by_one(model, x, y, [name for name in model.spec.blocks if model.spec.has_skip(name)], branch_alone)


def _one_by_one(
    model: ResNet,
    x: Tensor,
    y: Tensor,
    hurt: Collection[str],
    injury: Callable[[ResidualBlock, Tensor], Tensor],
) -> Iterator[Lesion]:
    """The undisturbed network, then each block of `hurt` replaced by what `injury` leaves of it."""
    _check(x, y)
    names, blocks = list(model.spec.blocks), _blocks(model)
    with unchanged(model):  # closed before each yield: a generator must not carry it into the caller's code
        before = _stem(model, x)
        undisturbed = _score(model, _run(blocks, names, before), y)
    yield Lesion("", undisturbed)
    for i, name in enumerate(names):
        with unchanged(model):
            found = _score(model, _run(blocks, names[i + 1 :], injury(blocks[name], before)), y) if name in hurt else None
            before = blocks[name](before)
        if found:
            yield Lesion(name, found)


def lesion_blocks(model: ResNet, x: Tensor, y: Tensor, deleted: Collection[str]) -> LesionScore:
    """The network without some of its blocks. Raises `ValueError` for a name that is no block's."""
    _check(x, y)
    _check_blocks(model.spec, deleted)
    with unchanged(model):
        return _score(model, _run(_blocks(model), model.spec.blocks, _stem(model, x), frozenset(deleted)), y)


class Draw(NamedTuple):
    """One random choice of blocks that were deleted together."""

    deleted: tuple[str, ...]
    score: LesionScore


def delete_random(
    model: ResNet, x: Tensor, y: Tensor, counts: Sequence[int], *, draws: int = 8, seed: int = 0
) -> Iterator[tuple[int, Draw]]:
    """For each count k, `draws` random choices of k blocks, deleted together: (k, what came of it), as they come."""
    for count in counts:
        for chosen in choices(model.spec.blocks, count, draws, seed):
            yield count, Draw(chosen, lesion_blocks(model, x, y, chosen))


def choices(blocks: Sequence[str], count: int, draws: int, seed: int) -> tuple[tuple[str, ...], ...]:
    """`draws` random choices of `count` blocks, in network order. They depend on the arguments alone: twins lose the same blocks.

    >>> choices(("layer1.0", "layer1.1", "layer1.2"), 2, 1, 0)
    (('layer1.0', 'layer1.2'),)
    """
    if not 0 <= count <= len(blocks):
        raise ValueError(f"the count of deleted blocks must be from 0 to {len(blocks)}, got {count!r}")
    generator = random.Random(f"{seed}/{count}/{len(blocks)}")
    return tuple(tuple(blocks[i] for i in sorted(generator.sample(range(len(blocks)), count))) for _ in range(draws))


def swap_blocks(model: ResNet, x: Tensor, y: Tensor, one: str, other: str) -> LesionScore:
    """The network with two blocks in each other's place. Raises `ValueError` where their shapes differ."""
    _check(x, y)
    _check_blocks(model.spec, (one, other))
    if not _alike(model.spec, one, other):
        raise ValueError(f"only blocks of equal shape can be swapped; {one!r} and {other!r} differ")
    places = {one: other, other: one}
    with unchanged(model):
        return _score(model, _run(_blocks(model), [places.get(name, name) for name in model.spec.blocks], _stem(model, x)), y)


def swappable(spec: ResNetSpec) -> tuple[tuple[str, str], ...]:
    """All pairs of blocks of equal shape, in network order.

    >>> from resnet_viz import parse_network
    >>> swappable(parse_network("basic-2.2-w4-cifar-c10"))
    (('layer1.0', 'layer1.1'),)
    """
    return tuple(pair for pair in combinations(spec.blocks, 2) if _alike(spec, *pair))


def _alike(spec: ResNetSpec, one: str, other: str) -> bool:
    """Whether each of two blocks takes what the other takes and puts out what the other puts out."""
    shapes = {shape.name: shape for shape in spec.geometry()}
    a, b = shapes[one], shapes[other]
    return (a.in_channels, a.out_channels, a.stride) == (b.in_channels, b.out_channels, b.stride)


# The parts of a network


def bypass(block: ResidualBlock, x: Tensor) -> Tensor:
    """What a deleted block puts out: x (N, C, H, W) on its shortcut, and through the ReLU behind the sum where there is one."""
    if block.skip:
        for name in block.shared:
            x = getattr(block, name)(x)
        x = block.downsample(x)
    else:
        convolutions = [part for part in block.children() if isinstance(part, nn.Conv2d)]
        taken, given = convolutions[0].in_channels, convolutions[-1].out_channels
        stride = max(convolution.stride[0] for convolution in convolutions)
        if stride > 1 or taken != given:
            x = ZeroPad(taken, given, stride)(x)
    for name in block.after:
        x = getattr(block, name)(x)
    return x


def branch_alone(block: ResidualBlock, x: Tensor) -> Tensor:
    """What a block without its skip puts out: F(x), and through the ReLU behind the sum where there is one. x is (N, C, H, W)."""
    for name in (*block.branch, *block.after):
        x = getattr(block, name)(x)
    return x


def _blocks(model: ResNet) -> dict[str, ResidualBlock]:
    found = {name: model.get_submodule(name) for name in model.spec.blocks}
    return {name: block for name, block in found.items() if isinstance(block, ResidualBlock)}


def _run(blocks: dict[str, ResidualBlock], order: Sequence[str], x: Tensor, deleted: Collection[str] = ()) -> Tensor:
    for name in order:
        x = bypass(blocks[name], x) if name in deleted else blocks[name](x)
    return x


def _stem(model: ResNet, x: Tensor) -> Tensor:
    """What reaches the first block."""
    for name, child in model.named_children():
        if name == "layer1":
            break
        x = child(x)
    return x


def _score(model: ResNet, x: Tensor, y: Tensor) -> LesionScore:
    """The head on what the last block puts out."""
    names = [name for name, _ in model.named_children()]
    last = max(i for i, name in enumerate(names) if name.startswith("layer"))
    for name in names[last + 1 :]:
        x = model.get_submodule(name)(x)
    check_finite("fc", x)
    return LesionScore(F.cross_entropy(x, y).item(), (x.argmax(1) != y).float().mean().item())


def _check(x: Tensor, y: Tensor) -> None:
    if x.ndim != 4 or len(x) != len(y) or not len(y):
        raise ValueError(f"pictures must be (N, C, H, W) with N labels, got {tuple(x.shape)} and {tuple(y.shape)}")


def _check_blocks(spec: ResNetSpec, names: Collection[str]) -> None:
    unknown = [name for name in names if name not in spec.blocks]
    if unknown:
        raise ValueError(f"{unknown[0]!r} is no block of this network, its blocks are {spec.blocks[0]} to {spec.blocks[-1]}")
