"""What this session's page follows on the live channel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import streamlit as st

from resnet_viz.ui.components.live import listen, turns
from resnet_viz.ui.kit.visitor import cookie, visitor
from resnet_viz.ui.live import CHANNEL
from resnet_viz.ui.live.route import PATH
from resnet_viz.ui.server.addresses import base_path

RUN = 0.05
"""Seconds of one core that a run of a page takes, about: a class that watches the same spreads its runs."""
QUICK = 0.2
"""Seconds over which few spread them."""
_SEAT, _FOLLOWED = "live_seat", "live_followed"


def start() -> None:
    """At the start of a page's run: it follows nothing yet."""
    st.session_state[_FOLLOWED] = {}


def follow(topics: Iterable[str]) -> None:
    """Have the browser told of these topics from now on, besides those that this run of the page has named already."""
    followed: dict[str, None] = st.session_state.setdefault(_FOLLOWED, {})
    followed |= dict.fromkeys(topics)
    if followed:
        CHANNEL.follow(_seat(), followed, also=True)


def rerun_when(name: str, drawn: Mapping[str, str], *, field: str = "status", pace: float = QUICK) -> None:
    """Follow these topics, and run the page, or the fragment in which this stands, once one no longer stands as it is `drawn`:
    what `field` of its news says. Two runs are at least `pace` seconds apart."""
    if drawn:
        follow(drawn)
        turns(f"turns_{name}", drawn, field=field, pace=pace, spread=max(QUICK, RUN * CHANNEL.listeners))


def connect() -> None:
    """At the end of a page's run: where it follows something the browser listens, and may hear that and nothing else."""
    followed: dict[str, None] = st.session_state.get(_FOLLOWED, {})
    if followed or st.session_state.get(_SEAT):
        seat = _seat()
        CHANNEL.follow(seat, followed)
        listen(f"{base_path()}{PATH}/{seat}", _lost)


def _seat() -> str:
    """This session's place."""
    seat: str = st.session_state.get(_SEAT, "")
    if not CHANNEL.has_seat(seat):
        seat = st.session_state[_SEAT] = CHANNEL.take_seat(visitor(), cookie())
    return seat


def _lost(_is_lost: bool) -> None:
    """The browser was refused its place: it gets another."""
    CHANNEL.leave(st.session_state.pop(_SEAT, ""))
