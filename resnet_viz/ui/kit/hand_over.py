"""Values that a component keeps itself: given to it once, and again when they change here.

What the browser has reported is not sent back to it, or all the component's data would travel with it.
"""

from __future__ import annotations

from typing import NamedTuple, TypeVar

import streamlit as st

T = TypeVar("T")


class _HandedOver(NamedTuple):
    given: object
    """What the component was given."""
    turn: int
    known: object
    """What it shows now, as far as is known: what it was given, or has reported since."""


def hand_over(key: str, value: T) -> tuple[T, int]:
    """What the component `key` is to take over, and a number: the component takes the value over when that number changes.

    `value` is what it should show: what it has reported itself, or else came by a link or the browser's Back.
    """
    before: _HandedOver = st.session_state.get(f"{key}_handed_over") or _HandedOver(value, 0, value)
    given, turn = before.given, before.turn
    if value != before.known:
        given, turn = value, turn + 1
    elif key not in st.session_state:  # the component appears (again) and has kept nothing
        given = value
    st.session_state[f"{key}_handed_over"] = _HandedOver(given, turn, value)
    return given, turn  # type: ignore[return-value]  # it was a T when it was stored


def reported(key: str, value: object) -> None:
    """The component shows this now: it has said so itself."""
    before: _HandedOver | None = st.session_state.get(f"{key}_handed_over")
    if before:
        st.session_state[f"{key}_handed_over"] = before._replace(known=value)
