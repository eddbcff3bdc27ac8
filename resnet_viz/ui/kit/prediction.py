"""Predict before you see: a question over a picture that shows its axes, and the picture's result once it is answered.

In a class its teacher may ask the question: then everybody answers, and the result is shown to all at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from html import escape
from typing import Any, NamedTuple

import streamlit as st

from resnet_viz.ui.classroom.poll import SHOWN
from resnet_viz.ui.kit import class_question, extent
from resnet_viz.ui.kit.words import sentence_instead, text

__all__ = [
    "LINES",
    "SHOWN",
    "Question",
    "answer_of",
    "answered",
    "any_open",
    "asks_too",
    "boxes",
    "marked",
    "predict",
    "start",
    "start_with",
    "waits",
]
_OPEN = "open_questions"
LINES = "<div class='rv-lines'><i></i><i></i></div>"
"""Where something is written by hand."""


class Question(NamedTuple):
    """What a prediction is held against: the index of the right option and the sentence with the measurement."""

    answer: int | None
    """None where what was measured decides for no option."""
    because: str


def predict(
    measure: Callable[[], Question],
    ask: str,
    options: Sequence[str],
    key: str,
    beside: st.delta_generator.DeltaGenerator | None = None,
) -> bool:
    """Ask, and say whether what answers it may be shown: once somebody has chosen an option or wants to be shown.

    `measure` runs only then. The answer is kept in the session by its index, so it survives a change of page and of language.
    The verdict stands where the question did, or in the place `beside` the picture, which then need not make room for it.
    """
    said = answer_of(key)
    if said is None:
        st.session_state.setdefault(_OPEN, set()).add(key)
        (_on_paper if extent.sheet() else _ask)(ask, options, key)
        return False
    class_question.keep_for_later(key, said)
    with nullcontext() if beside is None else beside, st.container(key=f"answered_{key}"), sentence_instead():
        _answer(measure(), said, ask, options, key)
    return True


def answer_of(key: str) -> int | None:
    """The index of the option that was chosen; `SHOWN` where somebody only wanted to see, or sees what the teacher has revealed;
    None where nothing has been said, or its result is not to be seen yet.

    A sheet of paper has its own: nothing on a student's, what is right on a teacher's.
    """
    if sheet := extent.sheet():
        return SHOWN if sheet == "answers" else None
    state = class_question.standing(key)
    if class_question.is_held(key, state):
        return None
    said = _said(key, state)
    return SHOWN if said is None and state == "revealed" else said


def start() -> None:
    """At the head of a page: nothing has been asked yet."""
    st.session_state[_OPEN] = set()


def asks_too(*keys: str) -> None:
    """This page asks these as well, in another of its views: while one of them is open, so is the page."""
    st.session_state.setdefault(_OPEN, set()).update(key for key in keys if not answered(key))


def any_open() -> bool:
    """Whether this page has asked something that has not been answered."""
    return bool(st.session_state.get(_OPEN))


def start_with(key: str, said: int) -> None:
    """Take this for the answer, unless this session has given one or wants to be asked again."""
    st.session_state.setdefault(class_question.remembered_as(key), said)


def answered(key: str) -> bool:
    """Whether the question `key` has been answered, so that what answers it may be shown elsewhere too."""
    return answer_of(key) is not None


def waits(key: str, otherwise: str | None = None) -> dict[str, Any]:
    """The options of a control that changes nothing before the question `key` is answered: until then it is not to be used and
    its help says why, later `otherwise`."""
    waiting = not answered(key)
    return {"disabled": waiting, "help": text("common").labels["control_waits"] if waiting else otherwise}


def _said(key: str, state: class_question.Standing) -> int | None:
    """What this session has said last; where it has said nothing, what the class has heard from this browser."""
    voted = None if state == "alone" else class_question.vote_of(key)
    if state in ("asked", "revealed"):
        return voted
    said: int | None = st.session_state.get(class_question.remembered_as(key), voted)
    return said


def _say(key: str, option: int | None) -> None:
    if option is not None:
        class_question.vote(key, option)
    class_question.keep_for_later(key, option)
    st.session_state[class_question.remembered_as(key)] = option


def _ask(ask: str, options: Sequence[str], key: str) -> None:
    common, said = text("common").labels, _said(key, class_question.standing(key))
    with st.container(key=f"ask_{key}", border=True):
        st.caption(class_question.head(key) or common["predict"])
        st.markdown(f"**{ask}**")
        if class_question.is_shown_to_teacher(key):
            class_question.of_the_class(key, options, None, None)
        elif said is not None:
            class_question.answer_is_in(key, None if said == SHOWN else options[said])
        else:
            _options(options, key)
        class_question.desk(key, ask, options)


def _options(options: Sequence[str], key: str) -> None:
    with st.container(horizontal=True):
        for index, option in enumerate(options):
            st.button(option, key=f"w_predict_{key}_{index}", on_click=_say, args=(key, index), width="content")
        if not class_question.is_held(key):
            label = text("common").labels["show_me"]
            st.button(label, key=f"w_predict_{key}_show", on_click=_say, args=(key, SHOWN), type="tertiary")


def boxes(options: Sequence[str]) -> str:
    """Options to tick on paper."""
    return f"<ul class='rv-boxes'>{''.join(f'<li>{escape(option)}</li>' for option in options)}</ul>"


def _on_paper(ask: str, options: Sequence[str], key: str) -> None:
    """The question with boxes to tick and room for what was measured."""
    with st.container(key=f"ask_{key}", border=True):
        st.markdown(f"**{ask}**")
        st.html(boxes(options))
        st.caption(text("common").labels["sheet_measured"])
        st.html(LINES)


def _answer(found: Question, said: int, ask: str, options: Sequence[str], key: str) -> None:
    """The verdict in words, all options with the right one marked, and the measurement."""
    common, right = text("common").labels, said == found.answer
    verdict = "" if said == SHOWN or found.answer is None else common["right" if right else "wrong"]
    colour, icon = ("green", ":material/check_circle:") if right else ("orange", ":material/lightbulb:")
    if found.answer is not None:
        class_question.note_right(key, ask, options, found.answer)
    with st.container(border=True):
        head = f":{colour}[{icon} **{verdict}**] " if verdict else f":blue[{icon}] "
        st.markdown(f"{head}{found.because}")
        if class_question.standing(key) == "revealed":  # its bars mark all options, and stand where they are seen
            class_question.of_the_class(key, options, found.answer, None if said == SHOWN else said)
            class_question.desk(key, ask, options)
            st.caption(ask)
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"{ask} {marked(options, said, found.answer)}", width="stretch")
            st.button(common["ask_again"], key=f"w_predict_{key}_again", on_click=_say, args=(key, None), type="tertiary")
        class_question.desk(key, ask, options)


def marked(options: Sequence[str], said: int, right: int | None) -> str:
    """All options in a line: the right one, and the one that was chosen. `right` is None where none is."""
    return " · ".join(_marked(option, index, said, right) for index, option in enumerate(options))


def _marked(option: str, index: int, said: int, right: int | None) -> str:
    words = f"**✓ {option}**" if index == right else f"✗ {option}" if index == said and right is not None else option
    return text("common").say("your_answer", option=words) if index == said else words
