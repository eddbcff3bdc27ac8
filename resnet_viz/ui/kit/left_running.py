"""Runs that train on while their session is at another page: a line in the header says how far they are, and leads back."""

from __future__ import annotations

import streamlit as st

from resnet_viz.jobs.run_state import RunState, key_of
from resnet_viz.training.experiment import Experiment
from resnet_viz.ui.components.left_running import Left, left_running
from resnet_viz.ui.kit import live, navigation, run_client, url_state
from resnet_viz.ui.kit.course import place_of
from resnet_viz.ui.kit.shared_params import MAX_RUNS, RUNS
from resnet_viz.ui.kit.visitor import visitor
from resnet_viz.ui.kit.words import text
from resnet_viz.ui.live.runs import ALIVE, standing

LESSON = "degradation"
"""Where runs are started and their curves are."""
_LEFT = "left_running"


def show(page: str) -> None:
    """In the header, where it moves nothing of the page (`app.css`): nothing where none of this session's runs has been left
    training. Who listens keeps them alive."""
    if page == LESSON:
        st.session_state.pop(_LEFT, None)
        return
    place, runs = place_of(LESSON), [_left(state) for state in _states()]
    if not runs or not place:
        return
    live.follow(run["topic"] for run in runs)
    words = text("common")
    with st.container(key="left_running", horizontal=True, vertical_alignment="center", gap=None):
        says = {kind: words.labels[f"left_{kind}"].replace("{number}", str(place.number)) for kind in ("alive", "done", "over")}
        left_running(runs, says, key="left_running_line")
        back = navigation.page(LESSON)
        st.page_link(back, label=words.labels["left_back"], icon=":material/arrow_forward:", icon_position="right")


def _states() -> list[RunState]:
    """The runs of this session's board that it has left training, also those that have ended since."""
    before: tuple[str, ...] = st.session_state.get(_LEFT, ())
    keys = dict.fromkeys([*before, *(key_of(run) for run in url_state.get(RUNS))])
    known = [run_client.engine().known(key) for key in keys]
    own = [state for state in known if state and state.owner == visitor()]
    left = [state for state in own if state.key in before or state.run.status in ALIVE][:MAX_RUNS]
    st.session_state[_LEFT] = tuple(state.key for state in left)
    return left


def _left(state: RunState) -> Left:
    steps = Experiment.parse(state.run.experiment).steps
    return Left(topic=f"far:{state.key}", steps=steps, step=state.steps, status=standing(state.run.status))
