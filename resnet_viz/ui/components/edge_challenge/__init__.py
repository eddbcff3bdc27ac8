"""A challenge: a 1×1 convolution that shows edges only. It reacts to every setting and reports nothing."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from resnet_viz.draw.tiles import colours
from resnet_viz.ui.components import style
from resnet_viz.ui.components.bundle import script

TRIES = 4
"""Settings after which it is said that none does it."""
_component = st.components.v2.component(
    "resnet_viz_edge_challenge",
    html="<div class='edge-challenge'></div>\n",
    css=style("edge_challenge/edge_challenge.css"),
    js=script("edge_challenge/edge_challenge.js"),
)


def edge_challenge(words: Mapping[str, str], *, key: str) -> None:
    """Show it. `words` are the labels that begin with `edge_`."""
    own = {name: text for name, text in words.items() if name.startswith("edge_")}
    _component(key=key, data={"words": own, "colours": colours(True).ravel(), "tries": TRIES})
