"""*Two in a row*: what a ReLU between two 1×1 convolutions changes, measured on the class's picture."""

from __future__ import annotations

import numpy as np
import streamlit as st
from PIL import Image

from resnet_viz.csv_table import table
from resnet_viz.draw.palette import AMBER, SLATE
from resnet_viz.draw.spectrum import Spectrum, spectrum
from resnet_viz.pictures import digest
from resnet_viz.probes import mixing
from resnet_viz.probes.two_mixes import WIDTH, TwoMixes, two_mixes
from resnet_viz.text import Lesson
from resnet_viz.ui.components.figure import figure as drawing
from resnet_viz.ui.kit import image_input
from resnet_viz.ui.kit.figures import Download, figure
from resnet_viz.ui.kit.page import stage
from resnet_viz.ui.kit.prediction import Question, predict

COLOURS = 3
"""What a picture in colour brings along."""
_STEP = 4
"""Every fourth row and column of the picture is enough."""


def show(words: Lesson) -> None:
    """The singular values of what comes out, without and with the ReLU."""
    st.subheader(words.labels["row_title"], anchor=False)
    picture, panel = stage("row")
    plain, bent = _measured(digest(image_input.current()[1]), image_input.current()[1])
    options = [words.say(f"row_{i}", width=WIDTH) for i in range(3)]
    with picture:
        shown = predict(
            lambda: Question(answer(plain, bent), said(plain, bent, words)),
            words.say("row_ask", width=WIDTH),
            options,
            "mixing_row",
            panel,
        )
    with panel:
        st.markdown(words.say("row_how", width=WIDTH))
    files = [Download(words.labels["file_singular"], "two-mixes.csv", "text/csv", lambda: _csv(plain, bent))] if shown else []
    with picture, figure("row", caption=words.say("row_caption", width=WIDTH), kind="measured" if shown else "", files=files):
        drawing(_drawn(plain, bent, shown, words), key="row_lines")


def answer(plain: TwoMixes, bent: TwoMixes) -> int | None:
    """The option that was measured; none on a picture whose colours are too few for the question."""
    return 2 if plain.rank == COLOURS < bent.rank else None


def said(plain: TwoMixes, bent: TwoMixes, words: Lesson) -> str:
    """How many maps are independent, and whether f(a + b) is f(a) + f(b); or what the picture lacks."""
    numbers = {"width": WIDTH, "plain": plain.rank, "bent": bent.rank, "gap": bent.gap}
    few = plain.rank < COLOURS
    keys = [f"row_few_{plain.rank}" if few else "row_more" if bent.rank > plain.rank else "row_same"]
    if bent.rank > plain.rank:
        keys.append("row_gap")
    if few:
        keys.append("row_choose")
    return words.joined(words.say(key, **numbers) for key in keys)


@st.cache_data(max_entries=64, show_spinner=False)
def _measured(digest: str, _picture: Image.Image) -> tuple[TwoMixes, TwoMixes]:
    x = mixing.pixels(np.asarray(_picture)[::_STEP, ::_STEP])  # (3, H, W)
    plain, bent = (two_mixes(x.reshape(3, -1), relu=relu) for relu in (False, True))
    return plain, bent


def _drawn(plain: TwoMixes, bent: TwoMixes, shown: bool, words: Lesson) -> str:
    """The axes, and the bars once they may be seen."""
    pair = ((plain, "row_without", SLATE), (bent, "row_with", AMBER))
    return spectrum(
        [Spectrum(words.labels[name], mixes.singular.tolist() if shown else [], colour) for mixes, name, colour in pair],
        count=WIDTH,
        across=words.labels["row_across"],
        up=words.labels["row_up"],
        alt=words.labels["row_alt"],
    )


def _csv(plain: TwoMixes, bent: TwoMixes) -> str:
    head = ("number", "without ReLU", "with ReLU")
    pairs = enumerate(zip(plain.singular, bent.singular, strict=True), 1)
    return table([head, *((i, f"{a:.6g}", f"{b:.6g}") for i, (a, b) in pairs)])
