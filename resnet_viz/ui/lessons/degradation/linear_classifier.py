"""What a linear classifier makes of the chosen pictures, so that nobody thinks them trivial."""

from __future__ import annotations

import streamlit as st

from resnet_viz.text import Lesson
from resnet_viz.training.data.sources import source
from resnet_viz.training.experiment import Experiment
from resnet_viz.ui.kit import linear_baseline, live, run_summary
from resnet_viz.ui.kit.figures import badge
from resnet_viz.ui.kit.words import quoted, said
from resnet_viz.ui.live import LATER


def show(e: Experiment, words: Lesson) -> None:
    """The sentence with its errors, once they are known. No page waits for it."""
    st.fragment(_baseline)(e, words)


def _baseline(e: Experiment, words: Lesson) -> None:
    found = linear_baseline.errors(e.data, e.seed)
    if not found.done():
        st.caption(words.labels["linear_later"])
        live.rerun_when("linear", {LATER.topic(f"linear {e.data} {e.seed}", found): "open"})
        return
    try:
        train, test = found.result()
    except ValueError as error:  # a folder with a broken picture
        st.warning(words.say("linear_not", problem=said(error).rstrip(".")), icon=":material/front_hand:")
        return
    chance = 1 - 1 / len(source(e.data).classes)
    badge("measured")
    data = run_summary.pictures(e.data, words, quoted)
    st.markdown(words.say("linear", train=train, test=test, chance=chance, data=data))
