"""The tab's connection to the live channel, and what has a page run again when a topic no longer stands as it is drawn.

Neither shows anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from resnet_viz.ui.components.bundle import script
from resnet_viz.ui.components.reports import Report, flag, mount, text

_connection = st.components.v2.component("resnet_viz_live", html="<span></span>\n", js=script("live/live.js"))
_turns = st.components.v2.component("resnet_viz_turns", html="<span></span>\n", js=script("live/turns.js"))

read_turn = text(r"[a-z]{1,12}:[\w-]{1,40}=[\w.-]{0,60}", 114)
"""`topic=value`: what a topic has become."""


def listen(path: str, on_lost: Callable[[bool], None]) -> None:
    """Have the tab listen at `path`. `on_lost` is called, and the page runs again, where the server has refused that."""
    mount(_connection, key="live", data={"path": path}, lost=Report(flag, on_lost))


def turns(key: str, drawn: Mapping[str, str], *, field: str, pace: float, spread: float) -> None:
    """Have the page run again, or the fragment in which this stands, once one of the topics stands otherwise than `drawn`.

    `field` is what of a topic's news says how it stands. Two runs are at least `pace` seconds apart, and a class that watches the
    same spreads its runs over `spread` seconds.
    """
    given = {"drawn": dict(drawn), "field": field, "pace": pace, "spread": spread}
    mount(_turns, key, given, turn=Report(read_turn, _run_again))


def _run_again(_turn: str) -> None:
    """Nothing to do: it runs again because something was reported."""
