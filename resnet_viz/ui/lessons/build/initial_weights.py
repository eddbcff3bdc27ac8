"""How large the first weights should be: the size of a signal through thirty untrained layers, measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from resnet_viz.csv_table import table
from resnet_viz.draw.lines import Line, lines, power
from resnet_viz.text import Lesson
from resnet_viz.ui.components.figure import figure as svg_figure
from resnet_viz.ui.kit import url_state
from resnet_viz.ui.kit.figures import Download, figure
from resnet_viz.ui.kit.numbers import scientific
from resnet_viz.ui.kit.page import stage
from resnet_viz.ui.kit.prediction import Question, predict
from resnet_viz.ui.kit.prose import explain
from resnet_viz.ui.lessons.build.params import INIT_RELU

FACTORS = (1, 2, 4)
"""Variances of the weights on offer, in units of 1/n."""
LAYERS, WIDTH = 30, 512


@st.cache_data(show_spinner=False)
def measured(relu: bool) -> dict[int, tuple[float, ...]]:
    """Second moments after each layer, by factor."""
    from resnet_viz.probes.initialisation import second_moments

    return {factor: second_moments(factor, LAYERS, WIDTH, relu=relu) for factor in FACTORS}


def steadiest(found: Mapping[int, Sequence[float]]) -> int:
    """The factor whose signal ends nearest to the size at which it began."""
    return min(found, key=lambda factor: max(found[factor][-1], 1 / found[factor][-1]))


def sentence(found: Mapping[int, Sequence[float]], words: Lesson, *, relu: bool) -> str:
    """Where each line ends, and which stays."""
    ends = {f"end_{factor}": scientific(values[-1]) for factor, values in found.items()}
    return words.say("init_said_relu" if relu else "init_said_linear", layers=LAYERS, kept=steadiest(found), **ends)


def show(words: Lesson) -> None:
    """The lines, once somebody has said which stays; then the arithmetic."""
    left, right = stage("init")
    with right:
        url_state.view(
            st.segmented_control,
            words.labels["init_relu"],
            of=INIT_RELU,
            format_func=url_state.labels(words.labels, "init_relu_"),
        )
    relu = url_state.get(INIT_RELU) == "with"
    found = measured(relu)
    with left:

        def measure() -> Question:
            with_relu = measured(True)
            return Question(FACTORS.index(steadiest(with_relu)), sentence(with_relu, words, relu=True))

        options = [words.say("init_option", factor=factor) for factor in FACTORS]
        shown = predict(measure, words.say("init_ask", layers=LAYERS), options, key="init")
        told = sentence(found, words, relu=relu)
        file = Download(words.labels["init_csv"], "signal.csv", "text/csv", lambda: _to_csv(found))
        caption = words.say("init_caption", layers=LAYERS, width=WIDTH)
        with figure("init", caption=caption, kind="measured" if shown else "", files=[file] if shown else []):
            dashes = {1: 1, 2: 0, 4: 2}
            drawn = lines(
                [Line(words.say("init_line", factor=f), found[f], "slate", dashes[f]) for f in FACTORS],
                across=words.labels["init_layer"],
                up=words.labels["init_size"],
                alt=told if shown else caption,
                write=power,
                logarithmic=True,
                first=0,
                curves=shown,
            )
            svg_figure(drawn, key="init_lines")
        if shown and not relu:
            st.markdown(told)
    if shown:
        explain(words, "init")


def _to_csv(found: Mapping[int, Sequence[float]]) -> str:
    rows: list[tuple[object, ...]] = [("layer", *(f"{factor}/n" for factor in found))]
    return table([*rows, *((layer, *values) for layer, values in enumerate(zip(*found.values(), strict=True)))])
