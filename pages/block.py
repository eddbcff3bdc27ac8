"""The residual block: y = F(x) + x, one operation at a time."""

import streamlit as st

from resnet_viz.nets.plan import plan
from resnet_viz.nets.presets import preset
from resnet_viz.ui import inside, network, picture, steps
from resnet_viz.ui.lesson import explain, open_page, text

words = open_page("block")
spec = network.current(preset("cifar_resnet20"))
steps.predict_silence(words)
left, middle, right = st.columns([3, 1, 2])
network.choose(spec, left)
block = steps.choose_block(spec, words, middle)
with right:
    inside.choose_weights(spec, text("activations"))
steps.choose_variant(spec, block, words)
p = plan(spec, network.current_size(spec))
steps.show(p, block, words)
with st.expander(words.labels["pictures"], icon=":material/image:"):
    picture.choose()
explain(words, "sum", "order", "norm", "silence")
