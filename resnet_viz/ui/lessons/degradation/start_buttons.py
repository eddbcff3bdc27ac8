"""The buttons that start runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from resnet_viz.studies.race import DEFAULT_RACE, DRAMATIC_RACE
from resnet_viz.text import Lesson
from resnet_viz.training.experiment import Experiment
from resnet_viz.ui.kit import run_client, url_state
from resnet_viz.ui.kit.shared_params import MAX_RUNS, RUNS


def show(e: Experiment, words: Lesson) -> None:
    """The buttons that put runs on the board, and what stands in the way."""

    say = words.labels
    twin = replace(e, spec=e.spec.plain() if e.spec.skips != "none" else e.spec.residual())
    with st.container(horizontal=True):
        for name, runs, kind in (
            ("run", (e,), "primary"),
            ("run_twins", (e, twin), "secondary"),
            ("race_default", DEFAULT_RACE, "secondary"),
            ("race_dramatic", DRAMATIC_RACE, "secondary"),
        ):
            st.button(say[name], key=f"w_{name}", type=kind, on_click=_ask, args=(runs,), icon=":material/play_arrow:")  # type: ignore[arg-type]
        if url_state.get(RUNS):
            st.button(say["clear"], key="w_clear", on_click=lambda: url_state.put(RUNS, ()), icon=":material/clear_all:")
    run_client.say_problem(words)


def _ask(runs: Sequence[Experiment]) -> None:
    """Ask for runs and put them on the board; a board that is full loses its oldest."""
    if taken := run_client.ask(runs):
        board = [other for other in url_state.get(RUNS) if other not in taken] + taken
        url_state.put(RUNS, tuple(board[-MAX_RUNS:]))
