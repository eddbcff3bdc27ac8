"""Channel mixing: a 1×1 convolution is a matrix at every pixel."""

import streamlit as st

from resnet_viz.ui.kit import image_input
from resnet_viz.ui.kit.page import open_page
from resnet_viz.ui.kit.prose import explain
from resnet_viz.ui.lessons.mixing import costs, learned_matrix, mixer, proof

words = open_page("mixing")
mixer.predict_edges(words)
mixer.show(words)
mixer.files(words)
with st.expander(words.labels["pictures"], icon=":material/image:"):
    image_input.choose()
explain(words, "pixel")
proof.show(words)
explain(words, "cannot")
costs.show(words)
explain(words, "width")
learned_matrix.show(words)
explain(words, "attention")
