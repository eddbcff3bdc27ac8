"""Home: what this is in one picture that moves, and the lessons."""

import streamlit as st

from resnet_viz.ui.kit import url_state
from resnet_viz.ui.kit.course import LESSONS
from resnet_viz.ui.kit.navigation import page
from resnet_viz.ui.kit.page import open_page
from resnet_viz.ui.kit.shared_params import LANGUAGE
from resnet_viz.ui.lessons.home.hero import card, hero

words = open_page("home")
hero(words)
st.markdown(words.sections["intro"])
for start in range(0, len(LESSONS), 2):
    for column, name in zip(st.columns(2, gap="medium"), LESSONS[start : start + 2], strict=False):
        with column:
            card(name, words)
st.subheader(words.labels["teachers"], anchor=False)
st.markdown(words.sections["teachers"])
sample = {"net": "basic-3.3.3-w16-cifar-sA-c10-cut2.1", "pic": "cat", "pick": "layer2.1", "lang": url_state.get(LANGUAGE)}
st.page_link(page("activations"), label=words.labels["sample_link"], icon=":material/link:", query_params=sample)
