"""What each lesson takes and asks, what a class says and what is found, with its sheets of paper."""

from __future__ import annotations

import streamlit as st

from resnet_viz.text import Lesson
from resnet_viz.ui.kit import navigation
from resnet_viz.ui.kit.course import COURSE, PARTS, LessonPlace
from resnet_viz.ui.kit.page import sheet_link
from resnet_viz.ui.kit.shared_params import SHEET
from resnet_viz.ui.kit.words import text


def show(words: Lesson) -> None:
    """All of them, part by part."""
    st.markdown(words.sections["how"])
    st.caption(words.say("total", minutes=sum(place.minutes for place in COURSE), lessons=len(COURSE)))
    for part in PARTS:
        st.subheader(text("common").labels[f"part_{part}"], anchor=False)
        for place in COURSE:
            if place.part == part:
                _lesson(place, words)


def _lesson(place: LessonPlace, words: Lesson) -> None:
    lesson, common = text(place.name), text("common")
    with st.container(border=True, key=f"plan_{place.name}"):
        st.markdown(f"#### {place.number}\u2002{lesson.title} :gray[· {common.say('minutes', minutes=place.minutes)}]")
        st.markdown(f":gray[{lesson.question}]")
        st.markdown(words.sections[place.name])
        st.markdown(common.say("take_away", sentence=lesson.sections["take_away"]))
        with st.container(horizontal=True, vertical_alignment="center"):
            st.page_link(navigation.page(place.name), label=words.labels["lesson"], icon=":material/arrow_forward:")
            for sheet in SHEET.options[1:]:
                sheet_link(place, sheet)
