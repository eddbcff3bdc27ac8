"""Why it works, second claim: a residual network behaves like an ensemble of shallow ones. Lesions, and paths."""

from __future__ import annotations

import streamlit as st

from resnet_viz.text import Lesson
from resnet_viz.ui.kit import url_state
from resnet_viz.ui.kit.prose import explain
from resnet_viz.ui.kit.words import text
from resnet_viz.ui.lessons.why import block_deletion, gradient_paths
from resnet_viz.ui.lessons.why.params import DELETED, PAIR


def show() -> None:
    """The panel: the claim, the twins that are measured, what deleting blocks does to them, their paths."""
    words = text("ensemble")
    st.markdown(f"#### {words.title}")
    st.markdown(words.question)
    st.caption(words.labels["interpretation"])
    block_deletion.predict_deletion(words)
    _choose(words)
    block_deletion.show(words)
    explain(words, "evidence_lesion")
    gradient_paths.show(words)
    explain(words, "evidence_paths")


def _choose(words: Lesson) -> None:
    def take(code: str | None) -> None:
        if code:
            url_state.put(PAIR, code)
            url_state.put(DELETED, ())

    url_state.control(
        st.segmented_control,
        words.labels["pair"],
        PAIR.options,
        value=url_state.get(PAIR),
        then=take,
        key="pair",
        format_func=url_state.labels(words.labels, "pair_"),
        help=words.labels["pair_help"],
    )
