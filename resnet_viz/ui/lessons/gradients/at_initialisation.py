"""Gradients at initialisation, layer by layer: a plain network and its residual twin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from resnet_viz.csv_table import table
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.text import Lesson
from resnet_viz.ui.components.layer_profiles import Profile, ProfileView, profiles
from resnet_viz.ui.kit.figures import Download, badge
from resnet_viz.ui.kit.numbers import factor, scientific
from resnet_viz.ui.kit.prediction import Question, predict

if TYPE_CHECKING:
    from resnet_viz.probes.gradients import GradientNorms
from resnet_viz.ui.lessons.gradients.comparison import DASHES, Setup, default_spec, tone
from resnet_viz.ui.lessons.gradients.norms import BATCH, LEVEL, norms, verdict, weight_ratio

VIEWS = (ProfileView("weight_grad"), ProfileView("output_grad"), ProfileView("rms"))


def predict_ratio(words: Lesson) -> None:
    """Is the first block's gradient larger or smaller than the last's?"""

    def measure() -> Question:
        plain = norms(str(default_spec().plain()), "shapes", 0)
        ratio = weight_ratio(plain)
        answer = 0 if ratio < 1 / LEVEL else 2 if ratio > LEVEL else 1
        return Question(answer, words.say("predict_because", ratio=ratio))

    predict(measure, words.labels["predict_ask"], [words.labels[f"predict_{i}"] for i in range(3)], key="gradients")


def show(setup: Setup, words: Lesson) -> None:
    """Norms of both networks from the input to the output, and the sentence that they make."""
    found = [norms(str(spec), setup.data, setup.seed) for spec in setup.networks]
    lines = [_line(setup.name(spec, words), spec, norm) for spec, norm in zip(setup.networks, found, strict=True)]
    profiles(lines, views=VIEWS, words=words.labels, key="flow_profiles", axis="layers")
    with st.container(horizontal=True):
        badge("measured", words.say("measured_on", batch=BATCH, side=setup.side))
    st.markdown(sentence(setup, found, words))


def _line(name: str, spec: ResNetSpec, found: GradientNorms) -> Profile:
    layers = found.weights()
    values = [
        [[layer.weight_grad_norm or 0.0 for layer in layers]],
        [[layer.output_grad_norm for layer in layers]],
        [[layer.rms for layer in layers]],
    ]
    return Profile(name, tone(spec), [layer.name for layer in layers], values, dash=DASHES[tone(spec)])


def sentence(setup: Setup, found: Sequence[GradientNorms], words: Lesson) -> str:
    """What the weight gradients of both networks show."""
    parts = []
    for spec, norm in zip(setup.networks, found, strict=True):
        sizes = [layer.weight_grad_norm or 0.0 for layer in norm.weights() if layer.role == "branch"]
        told = words.say(
            f"said_{verdict(norm)}",
            ratio=factor(weight_ratio(norm)),
            largest=scientific(max(sizes)),
            smallest=scientific(min(sizes)),
        )
        parts.append(f"**{setup.name(spec, words)}**: {told}")
    growth = [_growth(norm) for norm in found]
    if max(growth) > 100:
        parts.append(
            words.say("said_forward", name=setup.name(setup.networks[growth.index(max(growth))], words), growth=max(growth))
        )
    return " ".join(parts)


def _growth(found: GradientNorms) -> float:
    blocks = found.blocks()
    return blocks[-1].rms / blocks[0].rms if blocks[0].rms else 0.0


def files(setup: Setup, words: Lesson) -> list[Download]:
    """Every layer's figures, all networks."""

    def layers() -> str:
        fields = ("name", "kind", "role", "weight_grad_norm", "weight_norm", "output_grad_norm", "mean", "rms", "dead")
        rows = [["network", *fields]]
        for spec in setup.networks:
            for layer in norms(str(spec), setup.data, setup.seed).layers:
                rows.append([str(spec), *("" if getattr(layer, f) is None else str(getattr(layer, f)) for f in fields)])
        return table(rows)

    return [Download(words.labels["file_csv"], "gradients.csv", "text/csv", layers)]
