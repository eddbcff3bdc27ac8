"""For somebody who is in no class: join one, or open one."""

from __future__ import annotations

import streamlit as st

from resnet_viz.text import Lesson
from resnet_viz.ui.classroom import passphrase
from resnet_viz.ui.classroom.route import OPEN
from resnet_viz.ui.components.class_form import class_form
from resnet_viz.ui.kit import url_state
from resnet_viz.ui.kit.classroom import join_form
from resnet_viz.ui.kit.shared_params import LANGUAGE
from resnet_viz.ui.server.addresses import base_path


def show(words: Lesson) -> None:
    """Two cards beside each other, then what is stored."""
    say = words.labels
    left, right = st.columns(2, gap="medium")
    with left.container(border=True, key="join_card", height="stretch"):
        st.subheader(say["join_head"], anchor=False)
        join_form("teach")
    with right.container(border=True, key="open_card", height="stretch"):
        st.subheader(say["open_head"], anchor=False)
        class_form(
            path=f"{base_path()}{OPEN}",
            language=url_state.get(LANGUAGE),
            asks=passphrase.is_needed(),
            button=say["open"],
            words=say,
            key="class_open",
        )
        st.markdown(words.sections["alone"])
    stored(words)


def stored(words: Lesson) -> None:
    """What is kept of a class, and for how long."""
    st.subheader(words.labels["stored_head"], anchor=False)
    st.markdown(words.sections["stored"])
