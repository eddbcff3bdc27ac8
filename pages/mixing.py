"""Channel mixing: a 1×1 convolution is a matrix at every pixel."""

import streamlit as st

from resnet_viz.ui import mixer, picture
from resnet_viz.ui.lesson import explain, open_page

words = open_page("mixing")
mixer.predict_edges(words)
mixer.show(words)
mixer.files(words)
with st.expander(words.labels["pictures"], icon=":material/image:"):
    picture.choose()
explain(words, "pixel")
mixer.prove(words)
explain(words, "cannot")
mixer.costs(words)
explain(words, "width")
mixer.learned(words)
explain(words, "attention")
