"""Four explanations, one at a time, each with how strong its evidence is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

import streamlit as st

from resnet_viz.text import Lesson
from resnet_viz.ui.kit import url_state
from resnet_viz.ui.kit.page import stage
from resnet_viz.ui.kit.words import text
from resnet_viz.ui.lessons.why import ensemble, layer_responses, loss_surfaces, nested_classes
from resnet_viz.ui.lessons.why.params import PANEL

Strength = Literal["strong", "suggestive", "contested"]
_LOOK: dict[Strength, tuple[Literal["green", "blue", "orange"], str]] = {
    "strong": ("green", ":material/verified:"),
    "suggestive": ("blue", ":material/lightbulb:"),
    "contested": ("orange", ":material/balance:"),
}


class Explanation(NamedTuple):
    """What the page needs to show one."""

    words: Callable[[], Lesson]
    """Its text, in this session's language."""
    strength: Strength
    """Of its evidence, as an answer to *why*."""
    controls: Callable[[Lesson], None]
    picture: Callable[[Lesson], None]
    rest: Callable[[Lesson], None]
    """What stands below: how to read it, how strong it is, further experiments."""


EXPLANATIONS = {
    "small": Explanation(
        lambda: text("responses"), "suggestive", layer_responses.controls, layer_responses.show, layer_responses.rest
    ),
    "ensemble": Explanation(lambda: text("ensemble"), "contested", ensemble.controls, ensemble.show, ensemble.rest),
    "surface": Explanation(
        lambda: text("surfaces"), "suggestive", loss_surfaces.controls, loss_surfaces.show, loss_surfaces.rest
    ),
    "nested": Explanation(lambda: text("nested"), "strong", nested_classes.controls, nested_classes.show, nested_classes.rest),
}
"""By the code that a link carries."""


def show(words: Lesson) -> None:
    """The chosen explanation's picture with the choice above it, on phones below it, and its controls beside it."""
    code = url_state.get(PANEL)
    chosen = EXPLANATIONS[code]
    own = chosen.words()
    picture, panel = stage(code)
    with picture:
        url_state.view(
            st.segmented_control,
            words.labels["panels"],
            of=PANEL,
            format_func=url_state.labels(words.labels, "panel_"),
            label_visibility="collapsed",
            width="stretch",
        )
    with panel:
        st.markdown(f"**{own.title}**  \n{own.question}")
        colour, icon = _LOOK[chosen.strength]
        st.badge(words.labels[f"evidence_{chosen.strength}"], icon=icon, color=colour)
        st.caption(words.labels[f"evidence_of_{code}"])
        chosen.controls(own)
    with picture:
        chosen.picture(own)
    chosen.rest(own)
