"""An SVG that only has to be looked at, in the page's colours."""

from __future__ import annotations

import streamlit as st

from resnet_viz.ui.components.bundle import script

_component = st.components.v2.component(
    "resnet_viz_figure",
    html="<div class='figure'></div>\n",
    css=".figure { overflow-x: auto; }\n.figure svg { display: block; width: 100%; min-width: 760px; height: auto; }\n",
    js=script("figure/figure.js"),
)


def figure(svg: str, *, key: str) -> None:
    """Show the SVG as wide as the page; phones scroll it."""
    _component(key=key, data={"svg": svg})
