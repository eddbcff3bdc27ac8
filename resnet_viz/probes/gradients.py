"""How large gradients and activations are, layer by layer: one forward and one backward pass.

Every figure is a Euclidean norm over the whole tensor, the batch included; the loss is the mean cross-entropy. The network runs
in training mode, as in a step of training: BN normalises with the batch's statistics. With `training=False` it is measured in
evaluation mode. Nothing of the network changes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from resnet_viz.nets.resnet import ResNet, build
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.probes.unchanged import hooked, ordinary, unchanged

Kind = Literal["conv", "bn", "linear", "shortcut", "block"]
Role = Literal["stem", "branch", "shortcut", "block", "head"]


class LayerNorms(NamedTuple):
    """One module of the network. What it has no weight for, or what is not defined for it, is None."""

    name: str
    """The module's name, as `named_modules` has it."""
    kind: Kind
    """`shortcut` is the identity, zero-padding or projection as a whole; `block` a residual block as a whole."""
    role: Role
    """The part of the network it belongs to."""
    output_grad_norm: float
    """Norm of the gradient with respect to what the module puts out."""
    mean: float
    """Mean of what it puts out."""
    rms: float
    """Root mean square of what it puts out."""
    dead: float | None
    """Share of dead channels of a block that ends in a ReLU: channels that are zero at every position of every picture."""
    weight_norm: float | None = None
    weight_grad_norm: float | None = None
    """Norm of the gradient of the loss with respect to the layer's weight (BN: its scale)."""


class GradientNorms(NamedTuple):
    """A network on one batch."""

    loss: float
    """Mean cross-entropy in nats."""
    layers: tuple[LayerNorms, ...]
    """In the order in which they compute; a block comes after its layers."""

    def weights(self) -> tuple[LayerNorms, ...]:
        """The layers that count as depth: convolutions of stem and branches, and the last linear layer."""
        return tuple(layer for layer in self.layers if layer.kind in ("conv", "linear") and layer.role != "shortcut")

    def blocks(self) -> tuple[LayerNorms, ...]:
        """The residual blocks as wholes."""
        return tuple(layer for layer in self.layers if layer.kind == "block")


def gradient_norms(model: ResNet, x: Tensor, y: Tensor, *, training: bool = True) -> GradientNorms:
    """Norms of weights, gradients and activations of every convolution, BN, shortcut, block and of the last layer.

    `x` is (N, C, H, W), `y` (N,) the classes. A weight counts whether or not it requires a gradient.

    >>> from resnet_viz import parse_network
    >>> model = build(parse_network("basic-1.1-w4-cifar-c10"))
    >>> found = gradient_norms(model, torch.rand(8, 3, 16, 16), torch.arange(8))
    >>> [layer.name for layer in found.layers][:4], len(found.weights()) == model.spec.depth
    (['conv1', 'bn1', 'layer1.0.conv1', 'layer1.0.bn1'], True)
    """
    found: dict[str, dict[str, Any]] = {}  # in the order in which modules finish: network order

    def keep(name: str, kind: Kind) -> Callable[[nn.Module, Any, Tensor], Tensor]:
        # Each tensor is measured in its hook and not kept: keeping all of them would take more time than measuring them.
        def hook(module: nn.Module, _inputs: Any, output: Tensor) -> Tensor:
            # what an identity puts out is its input itself: a view has a gradient of its own
            output = output.view_as(output) if isinstance(module, nn.Identity) else output
            note = found[name] = _activations(output.detach(), kind == "block" and model.spec.order == "post")
            listen: Callable[..., Any] = output.register_hook
            listen(lambda gradient: note.update(output_grad_norm=_norm(gradient)))
            return output

        return hook

    kinds = {name: kind for name, module in model.named_modules() if (kind := _kind(model, name, module))}
    hooks = (model.get_submodule(name).register_forward_hook(keep(name, kind)) for name, kind in kinds.items())
    with unchanged(model, training=training, gradients="weights"), hooked(hooks):
        weighted = [name for name, kind in kinds.items() if kind in ("conv", "bn", "linear")]
        weights = {name: model.get_parameter(f"{name}.weight") for name in weighted}
        loss = F.cross_entropy(model(ordinary(x)), ordinary(y))
        gradients = torch.autograd.grad(loss, list(weights.values()))
    for (name, weight), gradient in zip(weights.items(), gradients, strict=True):
        found[name] |= {"weight_norm": _norm(weight.detach()), "weight_grad_norm": _norm(gradient)}
    return GradientNorms(loss.item(), tuple(LayerNorms(name, kinds[name], _role(name), **note) for name, note in found.items()))


def _activations(output: Tensor, may_be_dead: bool) -> dict[str, Any]:
    rms = _norm(output) / math.sqrt(output.numel())
    return {"mean": float(output.mean()), "rms": rms, "dead": _dead(output) if may_be_dead else None}


def _kind(model: ResNet, name: str, module: nn.Module) -> Kind | None:
    if name in model.spec.blocks:
        return "block"
    if name.endswith(".downsample"):
        return "shortcut"
    if isinstance(module, nn.Conv2d):
        return "conv"
    if isinstance(module, nn.BatchNorm2d):
        return "bn"
    return "linear" if isinstance(module, nn.Linear) else None


def _role(name: str) -> Role:
    if ".downsample" in name:
        return "shortcut"
    if name.startswith("layer"):
        return "block" if name.count(".") == 1 else "branch"
    return "head" if name in ("fc", "bn_out") else "stem"


def _norm(tensor: Tensor) -> float:
    """The Euclidean norm; in double precision where the squares leave float32's range."""
    quick = float(torch.linalg.vector_norm(tensor))
    return quick if 1e-15 < quick < 1e15 else float(torch.linalg.vector_norm(tensor.double()))


def _dead(output: Tensor) -> float:
    channels = output.permute(1, 0, 2, 3).flatten(1)  # (C, N·H·W), not negative: only zeros add up to zero
    return float((channels.sum(1) == 0).float().mean())


# The identity term


class IdentityTerm(NamedTuple):
    """∂L/∂x_l = ∂L/∂x_L + ∂L/∂x_L · ∂(Σ F)/∂x_l, for one block's input x_l; x_L is what its stage puts out."""

    block: str
    """The block that x_l enters."""
    identity: float
    """‖∂L/∂x_L‖: what comes through the shortcuts alone."""
    branches: float
    """‖∂L/∂x_L · ∂(Σ F)/∂x_l‖: what the residual branches add."""
    total: float
    """‖∂L/∂x_l‖."""
    cosine: float
    """Between the two terms; NaN where one of them is 0."""


def identity_terms(model: ResNet, x: Tensor, y: Tensor, *, training: bool = True) -> tuple[IdentityTerm, ...]:
    """Both terms of He et al. 2016 (arXiv 1603.05027), equation (5), for every block with an identity shortcut.

    The equation needs identity shortcuts with nothing behind the sum: pre-activation. The two terms are measured apart: the first
    is the gradient at the end of the stage; for the second the same gradient is sent back through the branches alone.
    Raises `ValueError` for a post-activation network.
    """
    spec = model.spec
    if spec.order != "pre":
        raise ValueError(f"equation (5) holds where nothing stands behind the sum: order must be 'pre', got {spec.order!r}")
    values: dict[str, Tensor] = {}
    ends = {name.partition(".")[0]: name for name in spec.blocks}  # a stage's last block

    def note(name: str) -> Callable[[nn.Module, tuple[Tensor, ...], Tensor], None]:
        def hook(_module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
            values[f"{name}:in"], values[f"{name}:out"] = inputs[0], output

        return hook

    hooks = (model.get_submodule(name).register_forward_hook(note(name)) for name in spec.blocks)
    with unchanged(model, training=training, gradients="weights"), hooked(hooks):
        loss = F.cross_entropy(model(ordinary(x)), ordinary(y))
        return tuple(_term(name, loss, values, ends[name.partition(".")[0]]) for name in _unbroken(spec))


def _unbroken(spec: ResNetSpec) -> list[str]:
    """The blocks from which identity shortcuts lead to the end of the stage."""
    found: list[str] = []
    for stage in range(1, len(spec.stages) + 1):
        chain: list[str] = []
        for shape in spec.geometry():
            if shape.stage == stage:
                chain = [*chain, shape.name] if shape.shortcut == "identity" else []
        found += chain
    return found


def _term(name: str, loss: Tensor, values: dict[str, Tensor], last: str) -> IdentityTerm:
    start, end = values[f"{name}:in"], values[f"{last}:out"]
    (arriving,) = torch.autograd.grad(loss, end, retain_graph=True)
    (added,) = torch.autograd.grad(end - start, start, arriving, retain_graph=True)  # Σ F = x_L - x_l, as a function of x_l
    a, b, t = (_norm(gradient) for gradient in (arriving, added, arriving + added))
    cosine = float((arriving.double() * added.double()).sum()) / (a * b) if a * b else math.nan
    return IdentityTerm(name, a, b, t, cosine)


# At initialisation


class Signal(NamedTuple):
    """How a network carries values forwards and gradients backwards before it is trained, seed by seed."""

    depth: int
    names: tuple[str, ...]
    """The blocks, in network order."""
    forward: tuple[tuple[float, ...], ...]
    """A tuple a seed: root mean square of each block's output."""
    backward: tuple[tuple[float, ...], ...]
    """A tuple a seed: norm of the gradient with respect to each block's output."""

    @property
    def ratios(self) -> tuple[float, ...]:
        """A figure a seed: the gradient at the first block's output over that at the last's; NaN where that is 0."""
        return tuple(g[0] / g[-1] if g[-1] else math.nan for g in self.backward)

    @property
    def growth(self) -> tuple[float, ...]:
        """A figure a seed: the last block's root mean square over the first's; NaN where that is 0."""
        return tuple(r[-1] / r[0] if r[0] else math.nan for r in self.forward)


def signal(spec: ResNetSpec, x: Tensor, y: Tensor, seeds: int = 3) -> Signal:
    """Forward and backward size block by block at initialisation, for seeds 0 to `seeds` - 1, in training mode."""
    if seeds < 1:
        raise ValueError(f"seeds must be at least 1, got {seeds}")
    found = [gradient_norms(build(spec, seed), x, y).blocks() for seed in range(seeds)]
    return Signal(
        spec.depth,
        spec.blocks,
        tuple(tuple(block.rms for block in blocks) for blocks in found),
        tuple(tuple(block.output_grad_norm for block in blocks) for blocks in found),
    )
