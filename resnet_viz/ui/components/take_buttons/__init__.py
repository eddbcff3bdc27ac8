"""Buttons below a figure: its picture as a file."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from resnet_viz.ui.components import style
from resnet_viz.ui.components.bundle import script

_component = st.components.v2.component(
    "resnet_viz_take_buttons",
    html="<div class='take'></div>\n",
    css=style("take_buttons/take_buttons.css"),
    js=script("take_buttons/take_buttons.js"),
)


def take_buttons(name: str, source: str, words: Mapping[str, str], *, key: str) -> None:
    """PNG and SVG of the figure around them, as files called `name`; `source` says where its numbers come from."""
    said = {label: words[label] for label in ("take_png", "take_svg", "take_failed")}
    _component(key=key, data={"name": name, "source": source, "words": said}, width="content")
