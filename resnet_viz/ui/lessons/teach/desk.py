"""The teacher's desk: the code for the projector, who is where, the questions, and what is taken home."""

from __future__ import annotations

from html import escape

import streamlit as st

from resnet_viz.text import Lesson
from resnet_viz.ui.classroom.classroom import Classroom
from resnet_viz.ui.classroom.here import classes
from resnet_viz.ui.classroom.news import DESK
from resnet_viz.ui.classroom.route import ANSWERS, CLOSE
from resnet_viz.ui.components.class_form import class_form
from resnet_viz.ui.components.class_where import class_where
from resnet_viz.ui.kit import live, url_state
from resnet_viz.ui.kit.navigation import PAGES
from resnet_viz.ui.kit.shared_params import CLASS, LANGUAGE
from resnet_viz.ui.kit.words import text
from resnet_viz.ui.lessons.teach import questions
from resnet_viz.ui.lessons.teach.alone import stored
from resnet_viz.ui.server.addresses import base_path
from resnet_viz.ui.server.qr import code_address, host_for_others


def show(found: Classroom, words: Lesson) -> None:
    """The code and who is where beside each other; the questions; the end of the lesson."""
    say = words.labels
    left, right = st.columns([5, 4], gap="large")
    with left:
        _invitation(found, words)
    with right.container(key="where"):
        st.subheader(say["where_head"], anchor=False)
        topic = f"{DESK}:{found.code}"
        live.follow([topic])
        titles = {name: text(name).title for name in PAGES}
        class_where(topic=topic, where=found.where(classes().now()), titles=titles, words=say, key="class_where")
    st.subheader(say["questions_head"], anchor=False)
    questions.show(found, words)
    with st.container(border=True, key="finish"):
        st.subheader(say["finish_head"], anchor=False)
        st.html(f"<a class='rv-file' download href='{base_path()}{ANSWERS}'>{escape(say['csv'])}</a>")
        class_form(
            path=f"{base_path()}{CLOSE}",
            language=url_state.get(LANGUAGE),
            asks=False,
            button=say["close"],
            sure=say["close_sure"],
            words=say,
            key="class_close",
        )
    stored(words)


def _invitation(found: Classroom, words: Lesson) -> None:
    """Large enough to be read from the last row."""
    say = words.labels
    host = host_for_others(str(st.context.headers.get("Host", "")))
    there = f"{base_path()}/?{CLASS.name}={found.code}"
    code = code_address(there)
    told = escape(words.say("type_here", address=f"{host}{base_path()}/teach"))
    st.html(
        f"<div class='rv-invitation'><img src='{code}' alt='{escape(say['qr'], quote=True)}'>"
        f"<div><span>{escape(say['code_of'])}</span><strong>{found.code}</strong><span>{told}</span></div></div>"
    )
