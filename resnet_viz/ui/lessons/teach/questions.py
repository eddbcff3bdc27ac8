"""The questions of a class: how each stands, its answers as they come, and what its teacher may do with it."""

from __future__ import annotations

import streamlit as st

from resnet_viz.text import Lesson
from resnet_viz.ui.classroom.classroom import Classroom
from resnet_viz.ui.classroom.here import classes
from resnet_viz.ui.classroom.news import DESK
from resnet_viz.ui.classroom.poll import Poll
from resnet_viz.ui.components.class_bars import class_bars
from resnet_viz.ui.kit.class_question import buttons
from resnet_viz.ui.kit.navigation import PAGES, page
from resnet_viz.ui.kit.words import text

ORDER = {"asked": 0, "revealed": 1, "free": 2}


def show(found: Classroom, words: Lesson) -> None:
    """What is asked now first; two beside each other."""
    polls = sorted(found.polls.items(), key=lambda one: ORDER[one[1].state])
    touched = [(name, poll) for name, poll in polls if not poll.is_untouched and name.partition(".")[0] in PAGES]
    if not touched:
        st.markdown(words.labels["questions_none"])
    for start in range(0, len(touched), 2):
        row = touched[start : start + 2]
        for column, (name, poll) in zip(st.columns(min(2, len(touched)), gap="medium"), row, strict=False):
            with column.container(border=True, key=f"question_{name.replace('.', '_')}", height="stretch"):
                _question(found, name, poll, words)


def _question(found: Classroom, name: str, poll: Poll, words: Lesson) -> None:
    where, (ask, options, right) = name.partition(".")[0], poll.wording
    title = text(where).title
    st.caption(f"{title} · {words.labels[f'state_{poll.state}']}")
    st.markdown(f"**{ask or name.partition('.')[2]}**")
    class_bars(
        topic=f"{DESK}:{found.code}",
        question=name,
        options=options or [str(option + 1) for option in range(len(poll.counts()[0]))],
        right=right if poll.state == "revealed" else None,
        own=None,
        counts=poll.counts(),
        answered=poll.answered,
        expected=found.expected(name, classes().now()),
        words=text("classroom").labels,
        key=f"bars_{name.replace('.', '_')}",
    )
    buttons(name, poll, poll.wording)
    st.page_link(page(where), label=words.labels["open_page"], icon=":material/arrow_forward:")
