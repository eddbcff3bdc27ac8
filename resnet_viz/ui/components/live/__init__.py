"""The tab's connection to the live channel; it shows nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from resnet_viz.ui.components.bundle import script
from resnet_viz.ui.components.reports import Report, mount, text

_component = st.components.v2.component("resnet_viz_live", html="<span></span>\n", js=script("live/live.js"))

read_turn = text(r"run:[0-9a-f]{16}=[a-z]{1,12}", 40)
"""`topic=status`: what a topic has become."""


def listen(path: str, drawn: Mapping[str, str], on_turn: Callable[[str], None]) -> None:
    """Have the tab listen at `path`. `drawn` is how each topic stood when the page was drawn.

    `on_turn` is called, before the page runs again, once one of them stands otherwise.
    """
    mount(_component, "live", {"path": path, "drawn": dict(drawn)}, turn=Report(read_turn, on_turn))
