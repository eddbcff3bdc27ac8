"""The address of the present view, to copy and as a QR code."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from resnet_viz.ui.components import style
from resnet_viz.ui.components.bundle import script

_component = st.components.v2.component(
    "resnet_viz_share",
    html="<div class='share'></div>\n",
    css=style("share/share.css"),
    js=script("share/share.js"),
)


def share(codes: str, words: Mapping[str, str], *, key: str) -> None:
    """Show them; `codes` is the path at which this server makes codes."""
    said = {name: text for name, text in words.items() if name.startswith("share_")}
    _component(key=key, data={"codes": codes, "words": said})
