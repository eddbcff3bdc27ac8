"""A line that says how a run stands and follows it while it trains."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from resnet_viz.ui.components import style
from resnet_viz.ui.components.bundle import script

_component = st.components.v2.component(
    "resnet_viz_run_line",
    html="<p class='run-line'><strong></strong> · <span class='now'></span><span class='said' role='status'></span></p>\n",
    css=style("run_line/run_line.css"),
    js=script("run_line/run_line.js"),
)


def run_line(name: str, now: str, *, topic: str, says: Mapping[str, str], steps: int, batch: int, key: str) -> None:
    """`name`, and `now` until the topic has news, which then stands in the sentence `says[<the news' says>]`.

    The sentences have placeholders as the texts have: `step`, `steps`, `rate`, `left` (seconds, from the rate and the `batch`),
    `ahead`, `wait`, `silent`, `test`. News without a sentence leaves what there is.
    """
    about = {"name": name, "now": now, "topic": topic, "says": dict(says), "steps": steps, "batch": batch}
    _component(key=key, data=about)
