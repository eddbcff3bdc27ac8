"""Four explanations, one at a time."""

from __future__ import annotations

import streamlit as st

from resnet_viz.text import Lesson
from resnet_viz.ui import ensemble, nested, responses, state, surfaces
from resnet_viz.ui.lesson import text

PANELS = {
    "small": ("responses", responses.show),
    "ensemble": ("ensemble", ensemble.show),
    "surface": ("surfaces", surfaces.show),
    "nested": ("nested", lambda: nested.show(lab=True)),
}
"""By the code that a link carries: the name of the text file, and what draws the panel."""


def show(words: Lesson) -> None:
    """The claims to choose from, and the chosen one's evidence."""
    chosen = state.get("panel")
    state.control(
        st.segmented_control,
        words.labels["panels"],
        list(PANELS),
        value=chosen,
        then=lambda v: state.put("panel", v or chosen),
        key="panel",
        format_func=lambda code: text(PANELS[code][0]).title,
        label_visibility="collapsed",
        width="stretch",
    )
    PANELS[chosen][1]()
