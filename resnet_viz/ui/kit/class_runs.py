"""The class's board: what its teacher trains is on the board of every member, before their own."""

from __future__ import annotations

import streamlit as st

from resnet_viz.training.experiment import Experiment
from resnet_viz.ui.kit import class_session, url_state
from resnet_viz.ui.kit.class_session import classroom, teaches
from resnet_viz.ui.kit.shared_params import MAX_RUNS, RUNS, trainable

_TAKEN = "class_runs_taken"


def hand_out() -> None:
    """Once the teacher has trained or cleared something: their board is the class's."""
    if teaches():
        runs = [str(run) for run in url_state.get(RUNS)]
        class_session.act(lambda found: found.running(runs))


def take() -> None:
    """Before the board is drawn: a member's has the class's runs as they are now, in place of what the class had before."""
    found, taken = classroom(), of_the_class()
    if found is None or teaches():
        return
    before: tuple[Experiment, ...] = st.session_state.get(_TAKEN, ())
    if taken != before:
        own = [run for run in url_state.get(RUNS) if run not in (*before, *taken)]
        url_state.put(RUNS, (*taken, *own)[:MAX_RUNS])
        st.session_state[_TAKEN] = taken


def of_the_class() -> tuple[Experiment, ...]:
    """What is on the class's board, but for runs of pictures that have changed or gone since."""
    found = classroom()
    return tuple(run for text in found.runs if (run := _still(text))) if found else ()


def _still(text: str) -> Experiment | None:
    try:
        return trainable(text)
    except ValueError:
        return None
