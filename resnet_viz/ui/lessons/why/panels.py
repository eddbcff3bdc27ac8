"""Four explanations, one at a time."""

from __future__ import annotations

import streamlit as st

from resnet_viz.text import Lesson
from resnet_viz.ui.kit import nested_classes, url_state
from resnet_viz.ui.kit.navigation import page
from resnet_viz.ui.kit.words import text
from resnet_viz.ui.lessons.why import ensemble, layer_responses, loss_surfaces
from resnet_viz.ui.lessons.why.params import PANEL


def _nested() -> None:
    """The section that *Degradation* has too, with the way there."""
    nested_classes.show()
    st.page_link(page("degradation"), label=text("nested").labels["to_lab"], icon=":material/arrow_forward:")


PANELS = {
    "small": ("responses", layer_responses.show),
    "ensemble": ("ensemble", ensemble.show),
    "surface": ("surfaces", loss_surfaces.show),
    "nested": ("nested", _nested),
}
"""By the code that a link carries: the name of the text file, and what draws the panel."""


def show(words: Lesson) -> None:
    """The claims to choose from, and the chosen one's evidence."""
    chosen = url_state.get(PANEL)
    url_state.view(
        st.segmented_control,
        words.labels["panels"],
        of=PANEL,
        format_func=lambda code: text(PANELS[code][0]).title,
        label_visibility="collapsed",
        width="stretch",
    )
    PANELS[chosen][1]()
