"""Gradients of untrained networks, measured on the first pictures of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import streamlit as st

from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.ui.kit.turns import measuring

if TYPE_CHECKING:
    from resnet_viz.probes.gradients import GradientNorms, Signal

BATCH = 64
LEVEL = 10.0
"""Gradients that differ by less than this factor from end to end count as level."""
NEGLIGIBLE = 1e-8
"""Gradients below this are called negligible: a step of SGD would not change a float32 weight of ordinary size."""
Verdict = Literal["explodes", "vanishes", "gone", "level"]


@st.cache_data(max_entries=128, show_spinner=False)
def norms(net: str, data: str, seed: int) -> GradientNorms:
    """Both passes of an untrained network on a batch of the lab's pictures, in training mode."""
    from resnet_viz.nets.resnet import build
    from resnet_viz.probes.gradients import gradient_norms

    spec = ResNetSpec.parse(net)
    with measuring():
        return gradient_norms(build(spec, seed), *batch(data, BATCH))


@st.cache_data(max_entries=128, show_spinner=False)
def carried(net: str, data: str, seeds: int = 3) -> Signal:
    """Forward and backward size of an untrained network, a few seeds, on a smaller batch."""
    from resnet_viz.probes.gradients import signal

    with measuring():
        return signal(ResNetSpec.parse(net), *batch(data, BATCH // 4), seeds=seeds)


def batch(data: str, count: int) -> tuple[Any, Any]:
    """The first pictures (N, 3, S, S) of the lab's, normalised, and their classes: those of its first step but for the order."""
    from resnet_viz.training.data.pictures import normalise
    from resnet_viz.training.trainer import pictures

    train, _ = pictures(data, 0)
    return normalise(train.images[:count], *train.mean_std()), train.labels[:count]


def weight_ratio(found: GradientNorms) -> float:
    """The gradient of the first residual branch's first weights over that of the last one's last; NaN where that is 0."""
    branches = [layer.weight_grad_norm or 0.0 for layer in found.weights() if layer.role == "branch"]
    return branches[0] / branches[-1] if branches[-1] else float("nan")


def verdict(found: GradientNorms) -> Verdict:
    """What gradients do from the output towards the input."""
    sizes = [layer.weight_grad_norm or 0.0 for layer in found.weights() if layer.role == "branch"]
    ratio = weight_ratio(found)
    if max(sizes) < NEGLIGIBLE:
        return "gone"
    return "explodes" if ratio > LEVEL else "vanishes" if ratio < 1 / LEVEL else "level"
