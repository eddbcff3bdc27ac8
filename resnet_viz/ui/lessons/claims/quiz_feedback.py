"""After an answer: whether it was right and why, the picture in question, and what the class has chosen."""

from __future__ import annotations

import streamlit as st

from resnet_viz.draw.bars import ValueBar, bars
from resnet_viz.studies.quiz import claim_of, lesson_of
from resnet_viz.text import Lesson
from resnet_viz.ui.components.figure import figure as svg_figure
from resnet_viz.ui.kit import live
from resnet_viz.ui.kit.figures import figure
from resnet_viz.ui.kit.navigation import page
from resnet_viz.ui.kit.votes import tally
from resnet_viz.ui.kit.words import text
from resnet_viz.ui.lessons.claims import quiz_pictures
from resnet_viz.ui.lessons.claims.quiz_answers import answer, ask_text, option_texts

PACE = 1.0
"""Seconds between two counts of the class's answers, at least, while one looks at them."""


def show(question: str, own: int, words: Lesson) -> None:
    """The verdict with its measurement; a picture where there is one; the class."""
    found, say = answer(question), words.labels
    is_right = own == found.right
    because = words.say(f"because_{question}", **found.numbers)
    told = say["right"] if is_right else words.say("wrong", option=option_texts(question, found, words)[found.right])
    box, icon = (st.success, ":material/check_circle:") if is_right else (st.info, ":material/lightbulb:")
    class_, shown = st.columns([3, 2], gap="large")
    with class_:
        box(f"**{told}** {because}", icon=icon)
    with shown:
        if draw := quiz_pictures.picture_of(question):
            kind = "recorded" if claim_of(question) == "degradation" else "measured"
            with figure(f"quiz_{question}", caption=ask_text(question, found, words), kind=kind):
                draw(found, words)
    with class_:
        st.fragment(_class)(question, own, words)
        lesson = lesson_of(question)
        if lesson != "claims":
            label = text("claims").say("lesson", title=text(lesson).title)
            st.page_link(page(lesson), label=label, icon=":material/arrow_forward:")


def _class(question: str, own: int, words: Lesson) -> None:
    """How many chose what, so far."""
    found = answer(question)
    counts = tally().counts(question, len(found.options))
    rows = []
    for i, (option, count) in enumerate(zip(option_texts(question, found, words), counts, strict=True)):
        is_right = i == found.right
        marks = "".join([" ✓" if is_right else "", f" ({words.labels['yours']})" if i == own else ""])
        rows.append(ValueBar(f"{'ABCD'[i]}. {option}{marks}", count, str(count), "green" if is_right else "slate", i == own))
    st.markdown(f"**{words.say('so_far', count=sum(counts))}**")
    alt = ". ".join(f"{row.name}: {row.text}" for row in rows)
    svg_figure(bars(rows, alt), key=f"quiz_class_{question}")
    st.caption(words.labels["no_names"])
    live.rerun_when(f"votes_{question}", {f"votes:{question}": str(sum(counts))}, pace=PACE)
