"""The unravelled view: a residual network as a sum over paths (Veit et al. 2016, arXiv 1605.06431, §3 and §5).

Each block with a shortcut offers two ways, through its residual branch or around it. A *path* is one choice at every block, its
*length* the number of branches it goes through; a block without a shortcut offers one way only, and always counts. The ReLUs
and the statistics are those of the whole network, so the gradient is linear in the ways: the gradients of all paths add up to
the gradient.

Two figures for the paths of one length, which are not the same:

- *one by one*, as in the paper's Fig. 6: the mean norm of the gradient through single random paths, times their number. It adds
  up sizes, as if all paths of a length pointed the same way.
- *together*: the norm of the sum of all their gradients, exactly, by passing one gradient a length backwards through the network:
  g_k ← shortcutᵀ g_k + branchᵀ g_{k-1} at each block.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Sequence
from itertools import combinations
from math import comb, fsum
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.utils.hooks import RemovableHandle

from resnet_viz.nets.resnet import ResNet
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.probes.unchanged import hooked, ordinary, unchanged


def path_counts(spec: ResNetSpec) -> tuple[int, ...]:
    """The number of paths of each length, from 0 to the number of blocks: binomial over the blocks with a shortcut, exact.

    >>> from resnet_viz import parse_network
    >>> path_counts(parse_network("basic-1.1.1-w4-cifar-c10")), path_counts(parse_network("basic-1.1.1-w4-cifar-c10-plain"))
    ((1, 3, 3, 1), (0, 0, 0, 1))
    """
    blocks = len(spec.blocks)
    free = sum(spec.has_skip(name) for name in spec.blocks)
    fixed = blocks - free
    return tuple(comb(free, length - fixed) if length >= fixed else 0 for length in range(blocks + 1))


class Paths(NamedTuple):
    """The gradient of the loss with respect to the network's input, by length of path. Every figure is a mean over the
    pictures.
    """

    counts: tuple[int, ...]
    """The number of paths of each length, from 0 to the number of blocks."""
    sizes: tuple[tuple[float, ...], ...]
    """For each length, the norm of the gradient through each single path that was sampled; empty where there is no path."""
    together: tuple[float, ...]
    """For each length, the norm of the sum of the gradients of all its paths."""
    whole: float
    """The norm of the gradient itself, the sum over all paths."""

    @property
    def products(self) -> tuple[float, ...]:
        """The mean of `sizes` times the number of paths, over the number of all paths (which may leave a float's range)."""
        every = sum(self.counts)
        pairs = zip(self.counts, self.sizes, strict=True)
        return tuple(count / every * fsum(sizes) / len(sizes) if sizes else 0.0 for count, sizes in pairs)


def shares(values: Sequence[float]) -> tuple[float, ...]:
    """Each value over the sum of all; zeros stay zeros.

    >>> shares((1, 3))
    (0.25, 0.75)
    """
    total = fsum(values)
    return tuple(value / total if total else 0.0 for value in values)


def span(values: Sequence[float], part: float = 0.95) -> tuple[int, int]:
    """The shortest run of lengths (first, last) that holds at least `part` of the sum of the values: the *effective* lengths.

    >>> span((0, 1, 8, 1, 0), 0.75)
    (2, 2)
    """
    if not 0 < part <= 1:
        raise ValueError(f"part must be above 0 and at most 1, got {part!r}")
    parts = shares(values)
    for width in range(1, len(parts) + 1):
        sums = [fsum(parts[i : i + width]) for i in range(len(parts) - width + 1)]
        best = max(range(len(sums)), key=sums.__getitem__)
        if sums[best] >= part - 1e-12:
            return best, best + width - 1
    return 0, len(parts) - 1


def paths(model: ResNet, x: Tensor, y: Tensor, *, samples: int = 16, seed: int = 0) -> Paths:
    """The gradient through paths of each length: one by one (`samples` random paths a length, all where there are no more) and
    together.

    `x` is (N, C, H, W), `y` (N,) the classes. The loss is the cross-entropy, and gradients are those of each picture's own loss
    with respect to that picture. The forward pass is that of the whole network in evaluation mode, because in training mode the
    pictures of a batch depend on each other. Nothing of the model changes.

    >>> from resnet_viz import build, parse_network
    >>> model = build(parse_network("basic-1.1.1-w4-cifar-c10")).eval()
    >>> found = paths(model, torch.rand(2, 3, 16, 16), torch.arange(2))
    >>> found.counts, [len(sizes) for sizes in found.sizes]
    ((1, 3, 3, 1), [1, 3, 3, 1])
    """
    unravelled = Unravelled(model, x, y)
    lengths = range(len(model.spec.blocks) + 1)
    gradients = unravelled.together()
    return Paths(
        path_counts(model.spec),
        tuple(tuple(unravelled.single_sizes(length, samples, seed)) for length in lengths),
        tuple(map(mean_size, gradients)),
        mean_size(torch.stack(gradients).sum(0)),
    )


def chosen_paths(spec: ResNetSpec, length: int, samples: int, seed: int = 0) -> Iterator[frozenset[str]]:
    """Paths of one length, each as the blocks whose branch it goes through: all of them where there are at most `samples`, else
    as many random ones."""
    fixed = [name for name in spec.blocks if not spec.has_skip(name)]
    free = [name for name in spec.blocks if spec.has_skip(name)]
    open_ways = length - len(fixed)
    if not 0 <= open_ways <= len(free):
        return
    if comb(len(free), open_ways) <= samples:
        yield from (frozenset([*fixed, *some]) for some in combinations(free, open_ways))
        return
    generator = random.Random(f"{seed}/{length}/{len(spec.blocks)}")
    for _ in range(samples):
        yield frozenset([*fixed, *generator.sample(free, open_ways)])


class _Piece(NamedTuple):
    """The graph of one block, cut off from its neighbours'. `sum` is where the two ways meet."""

    start: Tensor
    end: Tensor
    residual: Tensor | None
    shortcut: Tensor | None
    sum: Tensor | None
    """A leaf; None, as are both ways, in a block without a shortcut."""


class Unravelled:
    """A network after one forward pass, ready to send gradients back through single paths or through all paths of a length."""

    def __init__(self, model: ResNet, x: Tensor, y: Tensor) -> None:
        """`x` is (N, C, H, W), `y` (N,) the classes. Measured in evaluation mode; nothing of the model changes."""
        if x.ndim != 4 or len(x) != len(y) or not len(y):
            raise ValueError(f"pictures must be (N, C, H, W) with N labels, got {tuple(x.shape)} and {tuple(y.shape)}")
        self.spec = model.spec
        self._pieces: dict[str, _Piece] = {}
        hooks = (handle for name in self.spec.blocks for handle in self._listen(model, name))
        with unchanged(model, gradients="values"), hooked(hooks):
            self._x = x.detach().clone().requires_grad_()
            loss = F.cross_entropy(model(self._x), ordinary(y), reduction="sum")  # each picture's own loss has its own gradient
            (self._arriving,) = torch.autograd.grad(loss, self._last)  # (N, C, h, w), at the last block's output

    def _listen(self, model: ResNet, name: str) -> Iterator[RemovableHandle]:
        """Hooks that cut the graph at a block's sum and behind it; values pass unchanged."""
        block = model.get_submodule(name)
        ways: dict[str, Tensor] = {}

        def meet(_module: Any, inputs: tuple[Tensor, Tensor], total: Tensor) -> Tensor:
            ways["residual"], ways["shortcut"] = inputs
            ways["sum"] = total.detach().requires_grad_()
            return ways["sum"]

        def leave(_module: Any, inputs: tuple[Tensor], end: Tensor) -> Tensor:
            self._pieces[name] = _Piece(inputs[0], end, ways.get("residual"), ways.get("shortcut"), ways.get("sum"))
            self._last = end.detach().requires_grad_()
            return self._last

        yield block.register_forward_hook(leave)
        if self.spec.has_skip(name):
            yield block.get_submodule("add").register_forward_hook(meet)

    def along(self, branches: Collection[str]) -> Tensor:
        """The gradient (N, C, H, W) at the network's input that comes through one path: the blocks named take their branch, all
        others their shortcut. A block without a shortcut has to be among them.
        """
        gradient = self._arriving
        for name in reversed(self.spec.blocks):
            piece = self._pieces[name]
            if piece.sum is None:
                if name not in branches:
                    raise ValueError(f"{name!r} has no shortcut: every path goes through its branch")
                gradient = _back(piece.end, piece.start, gradient)
                continue
            gradient = _back(piece.end, piece.sum, gradient)
            way = piece.residual if name in branches else piece.shortcut
            assert way is not None
            gradient = _back(way, piece.start, gradient)
        return self._through_stem(gradient)

    def single_sizes(self, length: int, samples: int, seed: int = 0) -> Iterator[float]:
        """The norm of the gradient along each of `chosen_paths`, a mean over the pictures."""
        for path in chosen_paths(self.spec, length, samples, seed):
            yield mean_size(self.along(path))

    def together(self) -> list[Tensor]:
        """For each length, the sum of the gradients (N, C, H, W) of all paths of that length. Their sum is the whole gradient."""
        by_length: list[Tensor] = [self._arriving]
        for name in reversed(self.spec.blocks):
            piece = self._pieces[name]
            if piece.sum is None:
                passed = [_back(piece.end, piece.start, gradient) for gradient in by_length]
                by_length = [torch.zeros_like(piece.start), *passed]
                continue
            assert piece.residual is not None
            assert piece.shortcut is not None
            met = [_back(piece.end, piece.sum, gradient) for gradient in by_length]
            around = [_back(piece.shortcut, piece.start, gradient) for gradient in met]
            through = [_back(piece.residual, piece.start, gradient) for gradient in met]
            zero = torch.zeros_like(piece.start)
            by_length = [a + b for a, b in zip([*around, zero], [zero, *through], strict=True)]
        return [self._through_stem(gradient) for gradient in by_length]

    def _through_stem(self, gradient: Tensor) -> Tensor:
        return _back(self._pieces[self.spec.blocks[0]].start, self._x, gradient)


def _back(end: Tensor, start: Tensor, gradient: Tensor) -> Tensor:
    """The gradient with respect to `start`, given that with respect to `end`. An identity's two ends are one tensor."""
    if end is start:
        return gradient
    with torch.inference_mode(False):
        (found,) = torch.autograd.grad(end, start, gradient, retain_graph=True)
    return found


def mean_size(gradient: Tensor) -> float:
    """The Euclidean norm of each picture's gradient, a mean over the pictures."""
    return float(gradient.double().flatten(1).norm(dim=1).mean())
