"""The address of the present view: to copy, as a QR code, and as a frame for another site's page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import streamlit as st

from resnet_viz.ui.components import style
from resnet_viz.ui.components.bundle import script

_component = st.components.v2.component(
    "resnet_viz_share",
    html="<div class='share'></div>\n",
    css=style("share/share.css"),
    js=script("share/share.js"),
)


Framed = Literal["", "embed", "refused"]
"""Whether a page has a picture for other sites: none, one, or one that none of them may show as this server is set up."""


def share(codes: str, words: Mapping[str, str], *, framed: Framed, key: str) -> None:
    """Show them; `codes` is the path at which this server makes codes."""
    said = {name: text for name, text in words.items() if name.startswith("share_")}
    _component(key=key, data={"codes": codes, "framed": framed, "words": said})
