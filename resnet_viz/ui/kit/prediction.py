"""Predict before you see: a question over a picture that shows its axes, and the picture's result once it is answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import NamedTuple

import streamlit as st

from resnet_viz.ui.kit import extent
from resnet_viz.ui.kit.words import sentence_instead, text

SHOWN = -1
"""Said in place of an option by somebody who only wants to see."""
LINES = "<div class='rv-lines'><i></i><i></i></div>"
"""Where something is written by hand."""


class Question(NamedTuple):
    """What a prediction is held against: the index of the right option and the sentence with the measurement."""

    answer: int
    because: str


def predict(measure: Callable[[], Question], ask: str, options: Sequence[str], key: str) -> bool:
    """Ask, and say whether what answers it may be shown: once somebody has chosen an option or wants to be shown.

    `measure` runs only then. The answer is kept in the session by its index, so it survives a change of page and of language.
    """
    said = answer_of(key)
    if said is None:
        (on_paper if extent.sheet() else _ask)(ask, options, key)
        return False
    with st.container(key=f"answered_{key}"), sentence_instead():
        _answer(measure(), said, ask, options, key)
    return True


def answer_of(key: str) -> int | None:
    """The index of the option that was chosen; `SHOWN` where somebody only wanted to see, None where nothing has been said.

    A sheet of paper has its own: nothing on a student's, what is right on a teacher's.
    """
    if sheet := extent.sheet():
        return SHOWN if sheet == "answers" else None
    said: int | None = st.session_state.get(_name(key))
    return said


def start_with(key: str, said: int) -> None:
    """Take this for the answer, unless this session has given one or wants to be asked again."""
    st.session_state.setdefault(_name(key), said)


def answered(key: str) -> bool:
    """Whether the question `key` has been answered, so that what answers it may be shown elsewhere too."""
    return answer_of(key) is not None


def _name(key: str) -> str:
    return f"answer_{key}"


def _say(key: str, option: int | None) -> None:
    st.session_state[_name(key)] = option


def _ask(ask: str, options: Sequence[str], key: str) -> None:
    common = text("common").labels
    with st.container(key=f"ask_{key}", border=True):
        st.caption(common["predict"])
        st.markdown(f"**{ask}**")
        with st.container(horizontal=True):
            for index, option in enumerate(options):
                st.button(option, key=f"w_predict_{key}_{index}", on_click=_say, args=(key, index), width="content")
            st.button(common["show_me"], key=f"w_predict_{key}_show", on_click=_say, args=(key, SHOWN), type="tertiary")


def on_paper(ask: str, options: Sequence[str], key: str) -> None:
    """The question with boxes to tick and room for what was measured."""
    with st.container(key=f"ask_{key}", border=True):
        st.markdown(f"**{ask}**")
        boxes = "".join(f"<li>{escape(option)}</li>" for option in options)
        st.html(f"<ul class='rv-boxes'>{boxes}</ul>")
        st.caption(text("common").labels["sheet_measured"])
        st.html(LINES)


def _answer(found: Question, said: int, ask: str, options: Sequence[str], key: str) -> None:
    """The verdict in words, all options with the right one marked, and the measurement."""
    common, right = text("common").labels, said == found.answer
    verdict = "" if said == SHOWN else common["right" if right else "wrong"]
    colour, icon = ("green", ":material/check_circle:") if right else ("orange", ":material/lightbulb:")
    marked = " · ".join(_marked(option, index == found.answer, index == said) for index, option in enumerate(options))
    with st.container(border=True):
        head = f":{colour}[{icon} **{verdict}**] " if verdict else f":blue[{icon}] "
        st.markdown(f"{head}{found.because}")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"{ask} {marked}", width="stretch")
            st.button(common["ask_again"], key=f"w_predict_{key}_again", on_click=_say, args=(key, None), type="tertiary")


def _marked(option: str, is_right: bool, is_said: bool) -> str:
    words = f"**✓ {option}**" if is_right else f"✗ {option}" if is_said else option
    return f"{words} ({text('common').labels['your_answer']})" if is_said else words
