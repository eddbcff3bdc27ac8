"""Teach: a class is opened, joined, watched and closed."""

import streamlit as st

from resnet_viz.ui.kit.class_session import classroom, teaches
from resnet_viz.ui.kit.classroom import member
from resnet_viz.ui.kit.page import open_page
from resnet_viz.ui.lessons.teach import alone, desk

words = open_page("teach")
found = classroom()
if found is None:
    alone.show(words)
elif teaches():
    desk.show(found, words)
else:
    with st.container(border=True):
        member(found)
    alone.stored(words)
