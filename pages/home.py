"""Home: the first experiment, and the course as a map."""

import streamlit as st

from resnet_viz.ui.kit import classroom, tour, url_state
from resnet_viz.ui.kit.course import COURSE
from resnet_viz.ui.kit.navigation import page
from resnet_viz.ui.kit.page import lesson_link, open_page
from resnet_viz.ui.kit.shared_params import LANGUAGE
from resnet_viz.ui.lessons.home.hero import hero
from resnet_viz.ui.lessons.home.lesson_map import lesson_map
from resnet_viz.ui.lessons.home.room import room

words = open_page("home")
hero(words)
st.markdown(words.sections["intro"])  # no word is explained here: HTML in Markdown would cost a first visit 58 kB
with st.container(key="start", horizontal=True, vertical_alignment="center"):
    tour.start_button()
    lesson_link(COURSE[0], "first")
    classroom.join_button()
lesson_map()
st.subheader(words.labels["teachers"], anchor=False)
st.markdown(words.sections["teachers"])
room(words)
st.page_link(page("plan"), label=words.labels["plan_link"], icon=":material/print:")
sample = {"net": "basic-3.3.3-w16-cifar-sA-c10-cut2.1", "pic": "cat", "pick": "layer2.1", "lang": url_state.get(LANGUAGE)}
st.page_link(page("activations"), label=words.labels["sample_link"], icon=":material/link:", query_params=sample)
