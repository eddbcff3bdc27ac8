"""A table whose rows are links: a click opens what the row names, on this page and in this session."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from resnet_viz.ui.components import style
from resnet_viz.ui.components.bundle import script
from resnet_viz.ui.components.reports import NAME, Report, mount

_component = st.components.v2.component(
    "resnet_viz_link_rows",
    html="<div class='rows'></div>\n",
    css=style("link_rows/link_rows.css"),
    js=script("link_rows/link_rows.js"),
)


def link_rows(html: str, *, key: str, on_picked: Callable[[str], None]) -> None:
    """Show a table drawn as HTML. `on_picked` receives the `data-name` of the row that was clicked, perhaps of no row."""
    mount(_component, key, {"html": html}, picked=Report(NAME, on_picked))
