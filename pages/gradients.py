"""Gradient flow: sizes and directions of gradients in a plain network and its residual twin."""

import streamlit as st

from resnet_viz.ui.kit import image_input
from resnet_viz.ui.kit.page import downloads, explain, open_page
from resnet_viz.ui.lessons.gradients import at_initialisation, during_training, identity_term, perturbation

words = open_page("gradients")
at_initialisation.predict_ratio(words)
setup = at_initialisation.choose(words)
at_initialisation.show(setup, words)
at_initialisation.on_diagram(setup, words)
explain(words, "size")
at_initialisation.against_depth(setup, words)
explain(words, "training")
during_training.show(words)
explain(words, "nudge")
perturbation.show(setup, words)
with st.expander(words.labels["pictures"], icon=":material/image:"):
    image_input.choose()
explain(words, "direction")
perturbation.directions(setup, words)
explain(words, "identity")
identity_term.show(setup, words)
explain(words, "paper")
downloads([*at_initialisation.files(setup, words), *perturbation.files(setup, words)], "gradients")
