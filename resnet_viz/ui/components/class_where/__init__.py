"""How many of a class are at which page, as bars that follow them."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from resnet_viz.ui.components import style
from resnet_viz.ui.components.bundle import script

_component = st.components.v2.component(
    "resnet_viz_class_where",
    html="<div class='answers'></div>\n",
    css=style("class_bars/class_bars.css"),
    js=script("class_where/class_where.js"),
)


def class_where(*, topic: str, where: Mapping[str, int], titles: Mapping[str, str], words: Mapping[str, str], key: str) -> None:
    """Show a bar a page at which somebody is; `titles` has all pages in their order. `words`: `where_here`, `where_nobody`."""
    said = {name: word for name, word in words.items() if name.startswith("where_")}
    _component(key=key, data={"topic": topic, "where": dict(where), "titles": dict(titles), "words": said})
