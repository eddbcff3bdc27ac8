"""A line that says how far runs are which one has left training, and follows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict

import streamlit as st

from resnet_viz.ui.components import style
from resnet_viz.ui.components.bundle import script

_component = st.components.v2.component(
    "resnet_viz_left_running",
    html="<p class='left'><span class='now'></span><span class='end' role='status'></span></p>\n",
    css=style("left_running/left_running.css"),
    js=script("left_running/left_running.js"),
)


class Left(TypedDict):
    """One run: where the channel tells of it, and how it stands until there is news."""

    topic: str
    steps: int
    step: int
    status: str


def left_running(runs: Sequence[Left], says: Mapping[str, str], key: str) -> None:
    """What is said of all of them together: `says` has `alive`, `done` and `over`, with `{part:.0%}` of their steps."""
    _component(key=key, data={"runs": list(runs), "says": dict(says)}, width="stretch")
