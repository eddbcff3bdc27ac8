"""What this session's page follows on the live channel."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from resnet_viz.ui.components.live import listen
from resnet_viz.ui.kit.visitor import visitor
from resnet_viz.ui.live import CHANNEL
from resnet_viz.ui.live.route import PATH
from resnet_viz.ui.server.addresses import base_path

_SEAT, _DRAWN = "live_seat", "live_drawn"


def start() -> None:
    """At the start of a page's run: it follows nothing yet."""
    st.session_state[_DRAWN] = {}


def follow(topics: Mapping[str, str]) -> None:
    """Have the browser told of these topics from now on, and run the page once when one no longer stands as it is drawn."""
    drawn: dict[str, str] = st.session_state.setdefault(_DRAWN, {})
    drawn |= topics


def connect() -> None:
    """At the end of a page's run: where it follows something, the browser listens, and may hear that and nothing else."""
    drawn: dict[str, str] = st.session_state.get(_DRAWN, {})
    seat = st.session_state.get(_SEAT, "")
    if drawn and not CHANNEL.has_seat(seat):
        seat = st.session_state[_SEAT] = CHANNEL.take_seat(visitor())
    if seat:
        CHANNEL.follow(seat, drawn)
        listen(f"{base_path()}{PATH}/{seat}", drawn, _turned)


def _turned(_turn: str) -> None:
    """Nothing to do: the page runs again because something was reported."""
