"""The findings of claims, each measured once for all sessions, and who has guessed what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from resnet_viz.studies.claims import CLAIMS, Claim
from resnet_viz.ui.kit import class_question, url_state
from resnet_viz.ui.kit.by_browser import own_answers
from resnet_viz.ui.kit.class_session import classroom
from resnet_viz.ui.kit.prediction import SHOWN
from resnet_viz.ui.kit.study_panel import found_at_once
from resnet_viz.ui.kit.visitor import visitor
from resnet_viz.ui.lessons.claims.params import CLAIM, MEASURED

if TYPE_CHECKING:
    from resnet_viz.studies.claims import Finding

_KNOWN = "claims_known"


def measured(claim: str) -> Finding:
    """The finding. Raises `WeightsUnavailable` where a network's weights are damaged."""
    finding = found_at_once(Claim(claim))
    assert finding is not None, "all of its calls were answered"
    return finding


def guesses() -> dict[str, int]:
    """What this browser has guessed, by claim: in a class what counted there."""
    if classroom():
        found = {claim: class_question.vote_of(f"claim_{claim}") for claim in CLAIMS}
        return {claim: guess for claim, guess in found.items() if guess is not None and guess != SHOWN}
    own = own_answers().of(visitor())
    return {claim: own[f"claim_{claim}"] for claim in CLAIMS if f"claim_{claim}" in own}


def is_held(claim: str) -> bool:
    """Whether what a claim came to waits for the teacher: it is shown nowhere, then."""
    return class_question.is_held(f"claim_{claim}")


def opened() -> tuple[str, ...]:
    """The claims that are measured in this view. Who sees one so knows it, and guesses no more."""
    known: set[str] = st.session_state.setdefault(_KNOWN, set())
    seen = tuple(claim for claim in url_state.get(MEASURED) if not is_held(claim))
    known |= {*seen}
    return seen


def open_claim(claim: str, guess: int | None) -> None:
    """This view shows what `claim` came to. A guess counts where this session has not seen that before."""
    known: set[str] = st.session_state.setdefault(_KNOWN, set())
    if guess is not None and claim not in known:
        own_answers().keep(visitor(), f"claim_{claim}", guess)
    url_state.put(MEASURED, tuple(name for name in CLAIMS if name in (*url_state.get(MEASURED), claim)))
    opened()


def close_claim(claim: str) -> None:
    """The claim is to be guessed again, and stays the one that is shown."""
    if claim in url_state.get(MEASURED):
        url_state.put(MEASURED, tuple(name for name in url_state.get(MEASURED) if name != claim))
        url_state.put(CLAIM, claim)
