"""A measurement that a page can have made here: what was recorded until somebody asks, then points as they arrive."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import streamlit as st

from resnet_viz.studies.study import Study, assemble_each, in_turns
from resnet_viz.text import Lesson
from resnet_viz.ui.kit import live, run_client, url_state
from resnet_viz.ui.kit.turns import measuring
from resnet_viz.ui.kit.words import sentence_instead, text

if TYPE_CHECKING:
    from resnet_viz.jobs.shared_calls import Call, Progress

Found = TypeVar("Found")
PACE = 1.0
"""Seconds between two drawings of what has been measured so far, at least."""
CALLS = 64
"""Answers to calls that are kept for all sessions."""


def found_at_once(study: Study[Call, Found]) -> Found:
    """What was recorded, or else what the calls say, run in this process: for studies of a few seconds at most.

    Raises `Refused` where too many measure already.
    """
    try:
        return study.recorded()
    except KeyError:
        return study.assemble([_answer(call.key, call) for call in study.calls])


@st.cache_data(max_entries=CALLS, show_spinner=False)
def _answer(key: str, _call: Call) -> Any:
    """What a call says, asked once for all sessions; `key` names it."""
    with measuring():
        return _call.function(*_call.arguments)


class Measurement(NamedTuple):
    """What can be measured, and how it is shown."""

    key: str
    """Of this session's wish."""
    studies: Sequence[Study[Call, Any]]
    """Made once somebody asks."""
    urgent: Sequence[Study[Call, Any]]
    """Made at once."""
    draw: Callable[[list[Any] | None, list[Any]], None]
    """Is given what the `studies` found so far, None before somebody has asked, and what the `urgent` ones did."""

    @property
    def calls(self) -> list[Call]:
        """Of `studies`, in turns."""
        return [call for _, call in in_turns(*self.studies)]

    @property
    def urgent_calls(self) -> list[Call]:
        """Of `urgent`, in turns."""
        return [call for _, call in in_turns(*self.urgent)]


def measurable(name: str, make: Callable[[], Measurement], words: Lesson, *, possible: bool) -> None:
    """Draw what was recorded, with a button that has it measured here where that is `possible`; then what has been measured.

    `make` reads the controls; while something is being measured it is asked again as results come. `name` is the section's.
    `words`: `here`, `here_not`, `here_stop`, `here_go_on`, `here_back`, `here_progress`, `here_partly`, `here_failed`.
    """
    with sentence_instead():
        _measurable(name, make, words, possible=possible)


def _measurable(name: str, make: Callable[[], Measurement], words: Lesson, *, possible: bool) -> None:
    of = make()
    study = _progress(of)
    is_alive = study is not None and not study.done
    if is_alive:
        st.fragment(_watched)(name, make, words)
    else:
        _draw(of, study, words)
    _buttons(of, is_running=is_alive and _wish(of) == "run", possible=possible, words=words)


def _watched(name: str, make: Callable[[], Measurement], words: Lesson) -> None:
    of = make()
    study = _progress(of)
    _draw(of, study, words)
    url_state.save()  # what was clicked in this fragment belongs to the link, though the page's script does not run
    if study is None or study.done:
        st.rerun()  # the buttons below are the page's
    live.rerun_when(name, {f"study:{study.name}": study.stand} | run_client.problem_topic(), pace=PACE)


def _progress(of: Measurement) -> Progress | None:
    """How far it is; None where nothing is to be measured."""
    calls = [*(of.calls if _wish(of) == "run" else ()), *of.urgent_calls]
    return run_client.look(calls) if calls else None


def _draw(of: Measurement, study: Progress | None, words: Lesson) -> None:
    urgent = study.results[len(study.results) - len(of.urgent_calls) :] if study else []
    results: list[Any] | None = None
    if _wish(of) == "run" and study:
        results = study.results[: len(of.calls)]
    elif _wish(of) == "stopped":
        results = run_client.studies().found(of.calls).results
    problem = (study.problem or run_client.engine().problem) if study else None
    if problem:
        st.warning(words.say("here_failed", problem=run_client.problem_said(problem)), icon=":material/cloud_off:")
    if results is not None:
        done = sum(result is not None for result in results)
        if _wish(of) == "run" and done < len(results):
            st.progress(done / len(results), words.say("here_progress", done=done, all=len(results)))
            if study and study.wait:
                st.caption(text("common").say("others_measure", seconds=ceil(study.wait)))
        elif done < len(results):
            st.caption(words.say("here_partly", done=done, all=len(results)))
    found = None if results is None else assemble_each(of.studies, results)
    of.draw(found, assemble_each(of.urgent, urgent) if urgent else [])


def _buttons(of: Measurement, *, is_running: bool, possible: bool, words: Lesson) -> None:
    """Outside of the fragment, so that a press runs the whole page."""
    wish = _wish(of)
    with st.container(horizontal=True):
        if is_running:
            _button(words.labels["here_stop"], of, "stopped", ":material/stop:")
        elif wish != "run":
            _button(words.labels["here_go_on" if wish else "here"], of, "run", ":material/play_arrow:", disabled=not possible)
        if wish:
            _button(words.labels["here_back"], of, "", ":material/history:")
    if not possible:
        st.caption(words.labels["here_not"])


def _button(label: str, of: Measurement, wish: str, icon: str, *, disabled: bool = False) -> None:
    def clicked() -> None:
        if wish != "run":
            run_client.studies().stop(of.calls)
        st.session_state[f"wish_{of.key}"] = wish

    st.button(label, key=f"w_{of.key}_{wish or 'back'}", on_click=clicked, icon=icon, disabled=disabled)


def _wish(of: Measurement) -> str:
    """`run`, `stopped` or nothing: what this session wants of it."""
    return str(st.session_state.get(f"wish_{of.key}", ""))
