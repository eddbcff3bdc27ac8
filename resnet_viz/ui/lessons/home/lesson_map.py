"""The course as a map: four parts, a card a lesson, each with a small picture of what was recorded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

import streamlit as st

from resnet_viz.ui.kit.course import COURSE, PARTS, LessonPlace
from resnet_viz.ui.kit.navigation import page, tick
from resnet_viz.ui.kit.words import text
from resnet_viz.ui.lessons.home.recording import thumbnails

_PARTS_A_ROW = 2


def lesson_map() -> None:
    """Two parts a row, as wide as they have lessons; on a phone one lesson below the other."""
    with st.container(key="map"):
        for row in _rows():
            columns = st.columns([len(lessons) for lessons in row], gap="medium")
            for column, lessons in zip(columns, row, strict=True):
                with column:
                    _part(lessons)


def _rows() -> Iterator[Sequence[Sequence[LessonPlace]]]:
    parts = [[place for place in COURSE if place.part == part] for part in PARTS]
    return (parts[start : start + _PARTS_A_ROW] for start in range(0, len(parts), _PARTS_A_ROW))


def _part(lessons: Sequence[LessonPlace]) -> None:
    st.subheader(text("common").labels[f"part_{lessons[0].part}"], anchor=False)
    for column, place in zip(st.columns(len(lessons), gap="small"), lessons, strict=True):
        with column:
            _card(place)


def _card(place: LessonPlace) -> None:
    """A picture, the number and title as the link, the question, minutes, and a tick once it has been seen."""
    words, common = text(place.name), text("common")
    with st.container(border=True, height="stretch", key=f"card_{place.name}"):
        if picture := thumbnails().get(place.name):
            st.html(f"<img class='rv-thumb' src='{picture}' alt=''>")
        st.page_link(page(place.name), label=f"{place.number} {words.title} {tick(place.name)}".rstrip())
        minutes = common.say("minutes", minutes=place.minutes)
        st.html(f"<p class='rv-ask'>{escape(words.question)}</p><p class='rv-minutes'>{minutes}</p>")
