"""Claims about whole networks: how they train, how gradients run, and what happens to a network that is cut."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from resnet_viz.nets.resnet import build, named_generator
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.nets.weights import card, history, trained
from resnet_viz.pictures import to_square
from resnet_viz.probes.capture import capture
from resnet_viz.probes.gradients import gradient_norms
from resnet_viz.probes.lesion import lesion
from resnet_viz.probes.paths import path_counts
from resnet_viz.samples import samples
from resnet_viz.studies.claims import Finding, Verdict
from resnet_viz.studies.pretrained_pairs import DEPTHS, subject_pictures, twins
from resnet_viz.studies.race import network
from resnet_viz.training.data.sources import CIFAR
from resnet_viz.training.trainer import pictures

# Degradation


@dataclass(frozen=True)
class Degradation(Finding):
    """Training error (0 to 1) after each epoch of four networks that were trained alike on CIFAR-10."""

    plain_shallow: tuple[float, ...]
    plain_deep: tuple[float, ...]
    shallow: tuple[float, ...]
    deep: tuple[float, ...]
    depths: tuple[int, ...]

    @property
    def verdict(self) -> Verdict:
        return "holds" if self.plain_deep[-1] > self.plain_shallow[-1] else "corrected"

    @property
    def numbers(self) -> dict[str, Any]:
        last = {name: getattr(self, name)[-1] for name in ("plain_shallow", "plain_deep", "shallow", "deep")}
        return {f"end_{name}": value for name, value in last.items()} | {
            "few": self.depths[0],
            "many": self.depths[1],
            "epochs": len(self.deep),
        }


def degradation() -> Degradation:
    """Read the recorded histories of the networks that come with the package."""
    errors = {}
    for depth in DEPTHS:
        for plain, name in zip((True, False), twins(CIFAR, depth), strict=True):
            errors[depth, plain] = tuple(float(epoch["train_error"]) for epoch in history(name).epochs)
    few, many = DEPTHS
    return Degradation(errors[few, True], errors[many, True], errors[few, False], errors[many, False], DEPTHS)


# Gradients

DEPTH, BATCH = 56, 64
VANISHED = 1e-6
"""A weight gradient (norm) this small moves a layer whose weights have a norm of about 4 by nothing that matters."""
EXPLODED = 100.0
"""The first layer's gradient is called exploded where it is this many times the last one's."""


@dataclass(frozen=True)
class Gradients(Finding):
    """Norm of the weight gradient of every convolution from the input to the output, of four untrained networks."""

    plain: tuple[float, ...]
    residual: tuple[float, ...]
    plain_bare: tuple[float, ...]
    """Without BN, Xavier initialisation."""
    residual_bare: tuple[float, ...]

    @property
    def verdict(self) -> Verdict:
        if _vanished(self.plain):
            return "corrected" if _vanished(self.residual) else "holds"
        return "depends" if _vanished(self.plain_bare) and not _vanished(self.residual_bare) else "corrected"

    @property
    def exploded(self) -> bool:
        """Whether the plain network with BN has far larger gradients near its input than at its output."""
        return self.ratio > EXPLODED

    @property
    def ratio(self) -> float:
        """Of the plain network with BN: first convolution over last."""
        return self.plain[0] / self.plain[-1]

    @property
    def numbers(self) -> dict[str, Any]:
        names = ("plain", "residual", "plain_bare", "residual_bare")
        return {f"first_{name}": getattr(self, name)[0] for name in names} | {
            "ratio": self.ratio,
            "ratio_residual": self.residual[0] / self.residual[-1],
            "depth": DEPTH,
            "batch": BATCH,
        }


def _vanished(norms: tuple[float, ...]) -> bool:
    return min(norms) < VANISHED


def gradients() -> Gradients:
    """One backward pass each through plain and residual networks of depth 56, with BN and He and without BN and Xavier."""
    bare: dict[str, Any] = {"norm": "none", "init": "xavier"}
    plain, residual = network(DEPTH, plain=True), network(DEPTH)
    return Gradients(*(_norms(spec) for spec in (plain, residual, replace(plain, **bare), replace(residual, **bare))))


def _norms(spec: ResNetSpec) -> tuple[float, ...]:
    train, _ = pictures("shapes", 0)
    x, y = train.normalised(*train.mean_std())[:BATCH], train.labels[:BATCH]
    layers = gradient_norms(build(spec), x, y).weights()
    return tuple(float(layer.weight_grad_norm or 0) for layer in layers if layer.kind == "conv")


# A 1×1 convolution and attention

MIXER, LAYER = "bottleneck-2.2.2-w16-cifar-c10", "layer1.0.conv1"
"""A trained network and its 1×1 convolution that keeps the number of channels."""
PICTURES = ("cat", "astronaut")
_NUDGE = 0.1
"""Size of the change that both pictures get, as a share of the features' own size."""
_SAME, _DIFFERENT = 1e-4, 1e-2


@dataclass(frozen=True)
class Attention(Finding):
    """A trained 1×1 convolution and a squeeze-and-excitation gate (Hu et al. 2017) on the same features of two pictures."""

    channels: int
    mixing: float
    """The same change is added to both pictures' features: how differently the two outputs change, relative to the change."""
    gating: float
    """The same of the gate."""
    mixing_sum: float
    """‖f(a + b) - f(a) - f(b)‖ / ‖f(a + b)‖ of the convolution."""
    gating_sum: float
    scales: tuple[tuple[float, ...], tuple[float, ...]]
    """What the gate multiplies each channel by, for either picture."""

    @property
    def verdict(self) -> Verdict:
        return "corrected" if self.mixing < _SAME and self.gating > _DIFFERENT else "holds"

    @property
    def numbers(self) -> dict[str, Any]:
        spread = max(abs(a - b) for a, b in zip(*self.scales, strict=True))
        return super().numbers | {"spread": spread}


def attention() -> Attention:
    """Send two photographs through the trained network and compare the layer with a gate whose weights are random."""
    model = trained(MIXER)
    facts = card(MIXER)
    mean, std = (torch.tensor(values)[:, None, None] for values in (facts.mean, facts.std))
    loaded = {sample.code: sample.load() for sample in samples() if sample.code in PICTURES}
    pixels = [np.asarray(to_square(loaded[code], facts.size), dtype=np.float32) / 255 for code in PICTURES]
    x = (torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2) - mean) / std  # (2, 3, H, W)
    a, b = (one[None] for one in capture(model, x, ["relu"])["relu"])  # (1, C, H, W) each: what the layer reads
    layer = model.get_submodule(LAYER)
    gate = squeeze_excitation(a.shape[1])
    nudge = torch.randn(a.shape, generator=named_generator(0, "nudge")) * _NUDGE * a.square().mean().sqrt()
    with torch.no_grad():
        found = [_compared(f, a, b, nudge) for f in (layer, lambda x: gate(x) * x)]
        one, other = (tuple(gate(x).flatten().tolist()) for x in (a, b))
    (mixing, mixing_sum), (gating, gating_sum) = found
    return Attention(a.shape[1], mixing, gating, mixing_sum, gating_sum, (one, other))


def squeeze_excitation(channels: int, reduction: int = 4) -> Callable[[Tensor], Tensor]:
    """A factor from 0 to 1 a channel, computed from the picture: (N, C, H, W) to (N, C, 1, 1). Hu et al. 2017, eq. 2 and 3."""
    first, second = nn.Linear(channels, channels // reduction, bias=False), nn.Linear(channels // reduction, channels, bias=False)
    for name, linear in (("squeeze", first), ("excite", second)):
        nn.init.kaiming_normal_(linear.weight, nonlinearity="relu", generator=named_generator(0, name))

    def scale(x: Tensor) -> Tensor:
        squeezed = x.mean((2, 3))  # (N, C)
        return torch.sigmoid(second(torch.relu(first(squeezed))))[:, :, None, None]  # (N, C, 1, 1)

    return scale


def _compared(f: Callable[[Tensor], Tensor], a: Tensor, b: Tensor, nudge: Tensor) -> tuple[float, float]:
    """How differently f answers the same change in a and in b, and how far f(a + b) is from f(a) + f(b)."""
    at_a, at_b, together = f(a), f(b), f(a + b)
    change_a, change_b = f(a + nudge) - at_a, f(b + nudge) - at_b
    return float((change_a - change_b).norm() / change_a.norm()), float((together - at_a - at_b).norm() / together.norm())


# An ensemble

COUNT = 256
"""Test pictures on which cut networks are tested."""
HARDLY = 0.1
"""Deleting a block is said to do little where the median error rises by less than this."""


@dataclass(frozen=True)
class Ensemble(Finding):
    """Test error of trained networks, whole first and then without each of their blocks in turn."""

    deep: tuple[float, ...]
    """Residual, the deeper one."""
    shallow: tuple[float, ...]
    """Residual, the shallower one."""
    plain: tuple[float, ...]
    """Plain, of the shallower depth: the deeper one learns too little to lose anything."""
    depths: tuple[int, ...]
    paths: int
    """Ways through the deeper residual network."""

    @property
    def verdict(self) -> Verdict:
        return "depends" if rise(self.deep) < HARDLY <= rise(self.plain) else "corrected"

    @property
    def numbers(self) -> dict[str, Any]:
        each = {name: getattr(self, name) for name in ("deep", "shallow", "plain")}
        return (
            {f"whole_{name}": errors[0] for name, errors in each.items()}
            | {f"cut_{name}": median(errors[1:]) for name, errors in each.items()}
            | {"few": self.depths[0], "many": self.depths[1], "blocks": len(self.deep) - 1, "paths": self.paths, "count": COUNT}
        )


def rise(errors: tuple[float, ...]) -> float:
    """How much the error rises when a block is deleted: the median over all blocks."""
    return median(errors[1:]) - errors[0]


def ensemble() -> Ensemble:
    """Cut the networks trained on Shapes, block by block."""
    few, many = DEPTHS
    plain, shallow = twins("shapes", few)
    _, deep = twins("shapes", many)
    errors = []
    for name in (deep, shallow, plain):
        errors.append(tuple(cut.score.error for cut in lesion(trained(name), *subject_pictures(name, COUNT))))
    return Ensemble(errors[0], errors[1], errors[2], DEPTHS, sum(path_counts(card(deep).spec)))
