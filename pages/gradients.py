"""Gradient flow: sizes and directions of gradients in a plain network and its residual twin."""

import streamlit as st

from resnet_viz.ui import flow, identity, past, picture, touched
from resnet_viz.ui.lesson import downloads, explain, open_page

words = open_page("gradients")
flow.predict_ratio(words)
setup = flow.choose(words)
flow.show(setup, words)
flow.on_diagram(setup, words)
explain(words, "size")
flow.against_depth(setup, words)
explain(words, "training")
past.show(words)
explain(words, "nudge")
touched.show(setup, words)
with st.expander(words.labels["pictures"], icon=":material/image:"):
    picture.choose()
explain(words, "direction")
touched.directions(setup, words)
explain(words, "identity")
identity.show(setup, words)
explain(words, "paper")
downloads([*flow.files(setup, words), *touched.files(setup, words)], "gradients")
