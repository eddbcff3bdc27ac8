"""Gradient flow: sizes and directions of gradients in a plain network and its residual twin."""

import streamlit as st

from resnet_viz.ui.kit import image_input
from resnet_viz.ui.kit.figures import downloads
from resnet_viz.ui.kit.page import open_page
from resnet_viz.ui.kit.prose import explain
from resnet_viz.ui.lessons.gradients import (
    against_depth,
    at_initialisation,
    comparison,
    during_training,
    identity_term,
    on_diagram,
    perturbation,
)

words = open_page("gradients")
at_initialisation.predict_ratio(words)
setup = comparison.choose(words)
at_initialisation.show(setup, words)
on_diagram.show(setup, words)
explain(words, "size")
against_depth.show(setup, words)
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
