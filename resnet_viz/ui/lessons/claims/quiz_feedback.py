"""After an answer: whether it was right and why, what was chosen, the picture in question, and in a class what it has chosen."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from resnet_viz.studies.quiz import claim_of, is_counted, lesson_of
from resnet_viz.text import Lesson
from resnet_viz.ui.kit import class_question
from resnet_viz.ui.kit.figures import figure
from resnet_viz.ui.kit.navigation import page
from resnet_viz.ui.kit.prediction import SHOWN, marked
from resnet_viz.ui.kit.words import text
from resnet_viz.ui.lessons.claims import quiz_pictures
from resnet_viz.ui.lessons.claims.quiz_answers import answer, ask_text, keep_for_later, key, option_texts


def show(question: str, own: int, options: Sequence[str], words: Lesson) -> None:
    """The verdict with its measurement and all options; a picture where there is one; the class."""
    found, say = answer(question), words.labels
    keep_for_later(question, own)
    is_right = own == found.right
    because = words.say(f"because_{question}", **found.numbers)
    told = say["right"] if is_right else words.say("wrong", option=option_texts(question, found, words)[found.right])
    box, icon = (st.success, ":material/check_circle:") if is_right else (st.info, ":material/lightbulb:")
    class_, shown = st.columns([3, 2], gap="large")
    with class_, st.container(key="quiz_verdict"):
        box(f"**{told}** {because}", icon=icon)
    with shown:
        if draw := quiz_pictures.picture_of(question):
            recorded = claim_of(question) == "degradation"
            kind = "" if is_counted(question) else "recorded" if recorded else "measured"
            with figure(f"quiz_{question}", caption=ask_text(question, found, words), kind=kind):
                draw(found, words)
    with class_:
        if class_question.standing(key(question)) == "revealed":
            class_question.of_the_class(key(question), options, found.right, None if own == SHOWN else own)
        else:
            st.caption(marked(options, own, found.right))
        if class_question.standing(key(question)) == "alone":
            st.caption(words.labels["no_names"])
        lesson = lesson_of(question)
        if lesson != "claims":
            label = text("claims").say("lesson", title=text(lesson).title)
            st.page_link(page(lesson), label=label, icon=":material/arrow_forward:")
