"""Gradients of untrained networks, measured on the first pictures of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.ui.kit.turns import measuring
from resnet_viz.ui.lessons.gradients.verdict import Flow

if TYPE_CHECKING:
    from resnet_viz.probes.gradients import GradientNorms, Signal

BATCH = 64


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


def flow(found: GradientNorms) -> Flow:
    """The figures of a network from which the verdict follows."""
    sizes = [layer.weight_grad_norm or 0.0 for layer in found.weights() if layer.kind == "conv"]
    return Flow(sizes[0], sizes[-1], min(sizes), max(sizes))


def growth(found: GradientNorms) -> float:
    """The root mean square of the last block's output over that of the first; 0 where the first puts out nothing."""
    blocks = found.blocks()
    return blocks[-1].rms / blocks[0].rms if blocks[0].rms else 0.0


def output_ratio(found: GradientNorms) -> float:
    """The gradient of what the first convolution puts out over that of the last one's; 0 where the last one's is 0."""
    sizes = [layer.output_grad_norm or 0.0 for layer in found.weights() if layer.kind == "conv"]
    return sizes[0] / sizes[-1] if sizes[-1] else 0.0
