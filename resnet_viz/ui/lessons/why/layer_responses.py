"""Why it works, first claim: residual branches are small corrections. Responses of four networks to the class's pictures."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache, partial
from math import log
from statistics import fmean, median
from typing import TYPE_CHECKING

import streamlit as st
from PIL import Image

from resnet_viz.csv_table import table
from resnet_viz.draw.charts import KeptFigure
from resnet_viz.draw.responses import Response, ratio_figure, response_figure
from resnet_viz.pictures import to_square
from resnet_viz.samples import samples
from resnet_viz.text import Lesson, lesson
from resnet_viz.training.data.sources import CIFAR
from resnet_viz.ui.kit import image_input
from resnet_viz.ui.kit.figures import Download, figure
from resnet_viz.ui.kit.prediction import Question, answered, predict
from resnet_viz.ui.kit.prose import explain, further
from resnet_viz.ui.kit.words import sentence_instead

if TYPE_CHECKING:
    from resnet_viz.nets.resnet import ResNet

PAIRS = (20, 56)
"""Depths of the twins that are compared, all trained on CIFAR-10."""
ALIKE = 0.03
"""Mean responses that differ by less than this are called alike."""


def controls(words: Lesson) -> None:
    """Nothing is to be chosen: what is measured, in a sentence."""
    explain(words, "what")


def show(words: Lesson, beside: st.delta_generator.DeltaGenerator) -> None:
    """The corrections of both residual networks, block by block."""
    options = [words.labels[f"predict_{i}"] for i in range(3)]
    shown = predict(lambda: _question(words), words.labels["predict_ask"], options, "responses", beside)
    with sentence_instead():
        found = measured(words)
        rows = partial(_numbers, found)
        files = [Download(words.labels["file_csv"], "responses.csv", "text/csv", rows)] if shown else []
        note = words.say("pictures", count=len(photographs()))
        with figure("corrections", words.labels["chart_corrections"], "measured" if shown else "", note, files):
            st.plotly_chart(_ratios(tuple(found), words.language, shown), key="corrections", config={"displayModeBar": False})
        if shown:
            st.markdown(ratio_sentence(found, words))


@lru_cache(maxsize=32)
def _ratios(found: tuple[Response, ...], language: str, shown: bool) -> KeptFigure:
    """The chart that a class looks at, drawn once for all its sessions."""
    return KeptFigure(ratio_figure(found, lesson("responses", language).labels, shown=shown))


def rest(words: Lesson) -> None:
    """How strong it is, and the comparison with plain networks."""
    explain(words, "evidence", after="responses")
    further(words, "responses", partial(_show_responses, words))


def _show_responses(words: Lesson) -> None:
    with sentence_instead():
        found = measured(words)
        rows = partial(_numbers, found)
        files = [Download(words.labels["file_csv"], "responses.csv", "text/csv", rows)] if answered("responses") else []
        note = words.say("pictures", count=len(photographs()))
        with figure("responses", words.labels["chart_stds"], "measured", note, files):
            st.plotly_chart(response_figure(found, words.labels), key="responses", config={"displayModeBar": False})
        st.markdown(response_sentence(found, words))


def _question(words: Lesson) -> Question:
    shallow, deep = (median(one.ratios) for one in measured(words) if not one.plain)
    answer = min(range(3), key=lambda i: abs(log(deep / (3, 1, 1 / 3)[i])))
    return Question(answer, words.say("predict_because", shallow=shallow, deep=deep))


def photographs() -> dict[str, Image.Image]:
    """The sample photographs and this session's own picture: no network was trained on drawings."""
    drawn = _drawings()
    return {key: image for key, image in image_input.every().items() if key not in drawn}


@cache
def _drawings() -> frozenset[str]:
    return frozenset(sample.code for sample in samples() if not sample.is_photograph)


def measured(words: Lesson) -> list[Response]:
    """The four networks on this session's pictures, plain before residual, shallow before deep."""
    pictures = photographs()
    found = _responses(",".join(pictures), list(pictures.values()))
    return [Response(words.say("plain" if one[1] else "residual", depth=one[0]), *one) for one in found]


@st.cache_resource(max_entries=64, show_spinner=False)
def _responses(digest: str, _pictures: list[Image.Image]) -> list[tuple[int, bool, tuple[float, ...], tuple[float, ...]]]:
    """(depth, plain or not, standard deviation of each layer, ratio of each block) of each network; `digest` stands for the
    pictures."""
    from resnet_viz.studies.pretrained_pairs import twins

    named = [(depth, pair) for depth in PAIRS for pair in zip(twins(CIFAR, depth), (True, False), strict=True)]
    return [(depth, plain, *_response(name, _pictures)) for depth, (name, plain) in named]


def _response(name: str, pictures: list[Image.Image]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    import torch

    from resnet_viz.nets.weights import card
    from resnet_viz.probes.responses import responses
    from resnet_viz.ui.kit.inference import WeightsSource, network_input
    from resnet_viz.ui.kit.turns import one_at_a_time

    source, size = WeightsSource("shipped", name), card(name).size
    batch = torch.cat([network_input(to_square(image, size), source, 3) for image in pictures])  # (N, 3, size, size)
    with one_at_a_time:
        found = responses(_network(name), batch)
    return tuple(layer.std for layer in found.layers), tuple(block.ratio for block in found.blocks)


@st.cache_resource(max_entries=4, show_spinner=False)
def _network(name: str) -> ResNet:
    """Shared by all sessions: never change it."""
    from resnet_viz.nets.weights import trained

    return trained(name).requires_grad_(False)


def ratio_sentence(found: Sequence[Response], words: Lesson) -> str:
    """How large the corrections are."""
    shallow, deep = (one for one in found if not one.plain)
    return words.say("said_ratios", shallow=median(shallow.ratios), deep=median(deep.ratios), high=max(deep.ratios))


def response_sentence(found: Sequence[Response], words: Lesson) -> str:
    """Which networks respond how strongly."""
    (plain_shallow, shallow), (plain_deep, deep) = ([one for one in found if one.depth == depth] for depth in PAIRS)
    a, b, c, d = (fmean(one.stds) for one in (plain_shallow, shallow, plain_deep, deep))
    smaller = [1 - b / a, 1 - d / c]
    if max(map(abs, smaller)) < ALIKE:
        compared = words.labels["said_alike"]
    elif min(smaller) > 0:
        compared = words.say("said_smaller", shallow=smaller[0], deep=smaller[1])
    else:
        compared = words.labels["said_not_smaller"]
    deeper = words.labels["said_deeper" if d < b else "said_not_deeper"]
    return words.joined((words.say("said_stds", a=a, b=b, c=c, d=d), compared, deeper))


def _numbers(found: Sequence[Response]) -> str:
    """What is on screen, as CSV."""
    rows: list[tuple[object, ...]] = [("network", "figure", "number", "value")]
    for one in found:
        rows += ((one.name, "std of layer", i, value) for i, value in enumerate(one.stds, 1))
        rows += ((one.name, "norm of F over norm of x in block", i, value) for i, value in enumerate(one.ratios, 1))
    return table(rows)
