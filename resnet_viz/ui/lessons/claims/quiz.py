"""The quiz: one question at a time, how far one is, and what comes next."""

from __future__ import annotations

from functools import partial

import streamlit as st

from resnet_viz.studies.quiz import QUESTIONS, lesson_of
from resnet_viz.text import Lesson
from resnet_viz.ui.kit import class_question, extent, url_state
from resnet_viz.ui.kit.prediction import SHOWN, boxes, marked
from resnet_viz.ui.kit.words import sentence_instead, text
from resnet_viz.ui.lessons.claims import quiz_feedback, quiz_result
from resnet_viz.ui.lessons.claims.params import QUIZ
from resnet_viz.ui.lessons.claims.quiz_answers import answer, answers, ask_text, choose, key, option_texts, said

COUNT = len(QUESTIONS)


def show(words: Lesson) -> None:
    """The question of the moment, after an answer the feedback; after the last question the result. On paper all questions."""
    st.header(words.title, anchor=False)
    if extent.sheet():
        for count, question in enumerate(QUESTIONS, 1):
            _on_paper(count, question, words)
        return
    given, number = answers(), url_state.get(QUIZ)
    with st.container(border=True, key="quiz_card"):
        with sentence_instead():
            right = sum(option == answer(name).right for name, option in given.items())
            place = words.say("which" if number <= COUNT else "result", number=number, all=COUNT)
            st.progress(len(given) / COUNT, f"{place} · {words.say('score', right=right, made=len(given))}")
        with st.container(key="quiz_question"), sentence_instead():  # one place, so that the buttons below it stay the same ones
            if number > COUNT:
                quiz_result.show(given, words)
            else:
                _question(QUESTIONS[number - 1], words)
        _onwards(number, words)


def _question(question: str, words: Lesson) -> None:
    name, own, ask = key(question), said(question), ask_text(question, answer(question), words)
    options = _lettered(question, words)
    st.caption(text(lesson_of(question)).title)
    st.subheader(ask, anchor=False)
    is_revealed = class_question.standing(name) == "revealed"
    if head := class_question.head(name):
        st.caption(head)
    if is_revealed or (own is not None and not class_question.is_held(name)):
        quiz_feedback.show(question, SHOWN if own is None else own, options, words)
        class_question.note_right(name, ask, options, answer(question).right)
    elif class_question.is_shown_to_teacher(name):
        class_question.of_the_class(name, options, None, None)
    elif own is not None:
        class_question.answer_is_in(name, options[own])
    else:
        for i, option in enumerate(options):
            st.button(option, key=f"w_quiz_{question}_{i}", on_click=choose, args=(question, i), width="stretch")
    class_question.desk(name, ask, options)


def _lettered(question: str, words: Lesson) -> list[str]:
    return [
        f"{letter}. {option}" for letter, option in zip("ABCD", option_texts(question, answer(question), words), strict=False)
    ]


def _on_paper(number: int, question: str, words: Lesson) -> None:
    """A question with boxes to tick; on the teacher's copy with what is right and why."""
    with st.container(key=f"ask_{key(question)}"), sentence_instead():
        found, options = answer(question), _lettered(question, words)
        st.markdown(f"**{number}. {ask_text(question, found, words)}**")
        if extent.sheet() == "worksheet":
            st.html(boxes(options))
        else:
            st.caption(marked(options, SHOWN, found.right))
            st.markdown(words.say(f"because_{question}", **found.numbers))


def _onwards(number: int, words: Lesson) -> None:
    """Back and on; a question may be left open."""
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        for step, key, icon in ((-1, "back", ":material/arrow_back:"), (1, "next", ":material/arrow_forward:")):
            there = number + step
            st.button(
                words.labels["to_result" if there > COUNT else key],
                key=f"w_quiz_{key}",
                on_click=partial(url_state.put, QUIZ, there),
                type="primary" if step > 0 else "secondary",
                icon=icon,
                disabled=not 1 <= there <= COUNT + 1,
            )
