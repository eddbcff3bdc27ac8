"""Four explanations, one at a time, each with how strong its evidence is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

import streamlit as st

from resnet_viz.text import Lesson
from resnet_viz.ui.kit import extent, url_state
from resnet_viz.ui.kit.page import stage
from resnet_viz.ui.kit.prediction import answered, asks_too
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
    question: str
    """What it asks, as `predict` calls it."""
    strength: Strength
    """Of its evidence, as an answer to *why*."""
    controls: Callable[[Lesson], None]
    picture: Callable[[Lesson, st.delta_generator.DeltaGenerator], None]
    """With the place of its question's verdict."""
    rest: Callable[[Lesson], None]
    """What stands below: how to read it, how strong it is, further experiments."""


EXPLANATIONS = {
    "small": Explanation(
        lambda: text("responses"), "responses", "suggestive", layer_responses.controls, layer_responses.show, layer_responses.rest
    ),
    "ensemble": Explanation(lambda: text("ensemble"), "lesion", "contested", ensemble.controls, ensemble.show, ensemble.rest),
    "surface": Explanation(
        lambda: text("surfaces"), "surfaces", "suggestive", loss_surfaces.controls, loss_surfaces.show, loss_surfaces.rest
    ),
    "nested": Explanation(
        lambda: text("nested"), "nested", "strong", nested_classes.controls, nested_classes.show, nested_classes.rest
    ),
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
        verdict = st.container()
        colour, icon = _LOOK[chosen.strength]
        st.badge(words.labels[f"evidence_{chosen.strength}"], icon=icon, color=colour)
        st.caption(words.labels[f"evidence_of_{code}"])
        chosen.controls(own)
    with picture:
        chosen.picture(own, verdict)
    chosen.rest(own)
    asks_too(*(explanation.question for explanation in EXPLANATIONS.values()))


def show_open(words: Lesson) -> None:
    """The ways to the explanations that still ask something: the lesson's sentence waits for all four."""
    still = [code for code, each in EXPLANATIONS.items() if code != url_state.get(PANEL) and not answered(each.question)]
    if not still or not extent.is_page():
        return
    with st.container(key="onward", horizontal=True, vertical_alignment="center"):
        st.caption(words.labels["still_open"], width="content")
        for code in still:
            st.button(words.labels[f"panel_{code}"], key=f"w_onward_{code}", on_click=url_state.put, args=(PANEL, code))
