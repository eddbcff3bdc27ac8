"""The quiz's end: how many were right, and which lessons are worth another look."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import streamlit as st

from resnet_viz.studies.quiz import QUESTIONS, lesson_of
from resnet_viz.text import Lesson
from resnet_viz.ui.kit import url_state
from resnet_viz.ui.kit.course import LESSONS
from resnet_viz.ui.kit.navigation import page
from resnet_viz.ui.kit.words import text
from resnet_viz.ui.lessons.claims.params import QUIZ
from resnet_viz.ui.lessons.claims.quiz_answers import answer


def missed(given: Mapping[str, int], right: Mapping[str, int]) -> dict[str, list[str]]:
    """The questions that were answered wrongly, by lesson, in the order of the course.

    >>> missed({"block_relu": 0, "why_paths": 3}, {"block_relu": 2, "why_paths": 3})
    {'block': ['block_relu']}
    """
    wrong = [name for name in QUESTIONS if name in given and given[name] != right[name]]
    by_lesson = {lesson: [name for name in wrong if lesson_of(name) == lesson] for lesson in LESSONS}
    return {lesson: names for lesson, names in by_lesson.items() if names}


def verdict(given: Mapping[str, int], lessons: Mapping[str, object], words: Lesson) -> str:
    """The result in a sentence."""
    if not given:
        return words.labels["result_none"]
    if lessons:
        return words.labels["result_back"]
    return words.labels["result_all" if len(given) == len(QUESTIONS) else "result_so_far"]


def show(given: Mapping[str, int], words: Lesson) -> None:
    """The sentence, the lessons to go back to, and the questions that are still open."""
    lessons = missed(given, {name: answer(name).right for name in given})
    st.subheader(verdict(given, lessons, words), anchor=False)
    for lesson, names in lessons.items():
        label = words.say("go_back", title=text(lesson).title, count=len(names))
        st.page_link(page(lesson), label=label, icon=":material/arrow_forward:")
    still_open = [name for name in QUESTIONS if name not in given]
    if still_open:
        st.button(
            words.say("still_open", count=len(still_open)),
            key="w_quiz_open",
            on_click=partial(url_state.put, QUIZ, QUESTIONS.index(still_open[0]) + 1),
            icon=":material/quiz:",
        )
