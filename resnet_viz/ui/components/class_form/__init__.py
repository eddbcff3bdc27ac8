"""A button that posts to a route of this server, so that the answer can give the browser a cookie or take it away."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from resnet_viz.ui.components import style
from resnet_viz.ui.components.bundle import script

_component = st.components.v2.component(
    "resnet_viz_class_form",
    html="<form class='post'></form>\n",
    css=style("class_form/class_form.css"),
    js=script("class_form/class_form.js"),
)


def class_form(*, path: str, language: str, asks: bool, button: str, words: Mapping[str, str], key: str, sure: str = "") -> None:
    """Show the form that posts to `path`, and then open what the answer leads to.

    It has a field for the passphrase where the server `asks` for one, and where `sure` says something a box to tick for that.
    `words`: `form_…`.
    """
    said = {name: word for name, word in words.items() if name.startswith("form_")}
    _component(key=key, data={"path": path, "language": language, "asks": asks, "button": button, "sure": sure, "words": said})
