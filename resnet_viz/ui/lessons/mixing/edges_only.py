"""*Make a channel that shows edges only*: a challenge that reacts, beside a 3×3 that does it."""

from __future__ import annotations

import streamlit as st

from resnet_viz.text import Lesson
from resnet_viz.ui.components.edge_challenge import edge_challenge
from resnet_viz.ui.kit.figures import figure


def show(words: Lesson) -> None:
    """The challenge."""
    st.subheader(words.labels["edge_title"], anchor=False)
    with figure("edges", caption=words.labels["edge_caption"], kind="measured"):
        edge_challenge(words.labels, key="edge_challenge")
