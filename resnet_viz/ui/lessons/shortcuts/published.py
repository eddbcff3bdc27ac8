"""*Does it matter which?*: published errors, without a shortcut and with each kind."""

from __future__ import annotations

import streamlit as st

from resnet_viz.csv_table import table
from resnet_viz.draw.bars import Kind, ValueBar, bars
from resnet_viz.nets.published_results import SHORTCUTS_110, TOP1_ERROR_34
from resnet_viz.text import Lesson
from resnet_viz.ui.components.figure import figure as drawing
from resnet_viz.ui.kit import provenance
from resnet_viz.ui.kit.figures import Download, figure
from resnet_viz.ui.kit.page import stage
from resnet_viz.ui.kit.prediction import Question, predict

_GAINS = (1.0, 3.0, 10.0)
"""The answers, in percentage points."""


def show(words: Lesson) -> None:
    """Bars of the errors, those of B and C once they have been predicted."""
    st.subheader(words.labels["errors_title"], anchor=False)
    picture, panel = stage("errors")
    ask = words.say("gain_ask", a=TOP1_ERROR_34["A"].value)
    with picture:
        options = [words.labels[f"gain_{i}"] for i in range(3)]
        shown = predict(lambda: _question(words), ask, options, "shortcuts_gain", panel)
    rows = []
    for name, cited in TOP1_ERROR_34.items():
        known = shown or name in ("plain", "A")
        text = f"{cited.value:.2f}%" if known else "?"
        kind: Kind = "plain" if name == "plain" else "residual"
        rows.append(ValueBar(words.labels[f"error_{name}"], cited.value * known, text, kind))
    most = max(cited.value for cited in TOP1_ERROR_34.values())
    files = [Download(words.labels["file_csv"], "shortcut-errors.csv", "text/csv", _csv)] if shown else []
    with (
        picture,
        figure(
            "errors",
            caption=words.labels["errors_caption"],
            kind="cited",
            note=provenance.cited(*TOP1_ERROR_34.values()),
            files=files,
        ),
    ):
        drawing(bars(rows, words.labels["errors_alt"], most=most), key="errors_bars")
    if shown:
        identity, projected = SHORTCUTS_110["identity"], SHORTCUTS_110["conv"]
        with picture:
            st.markdown(
                words.say("errors_said", identity=identity.value, projected=projected.value, source=provenance.cited(identity))
            )


def _question(words: Lesson) -> Question:
    cheap, dear = TOP1_ERROR_34["A"], TOP1_ERROR_34["C"]
    gain = cheap.value - dear.value
    answer = min(range(3), key=lambda i: abs(gain - _GAINS[i]))
    plain = TOP1_ERROR_34["plain"].value - cheap.value
    return Question(
        answer, words.say("gain_because", gain=gain, a=cheap.value, c=dear.value, source=provenance.cited(dear), plain=plain)
    )


def _csv() -> str:
    rows = [("34 layers, ImageNet", name, cited.value, cited.source) for name, cited in TOP1_ERROR_34.items()]
    rows += [("110 layers, CIFAR-10", name, cited.value, cited.source) for name, cited in SHORTCUTS_110.items()]
    return table([("network", "shortcut", "error %", "source"), *rows])
