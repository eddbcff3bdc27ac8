"""The residual block: y = F(x) + x, one operation at a time."""

import streamlit as st

from resnet_viz.nets.plan import plan
from resnet_viz.nets.presets import preset
from resnet_viz.ui.kit import image_input, network_picker, weights_picker
from resnet_viz.ui.kit.page import open_page
from resnet_viz.ui.kit.prose import explain
from resnet_viz.ui.kit.words import text
from resnet_viz.ui.lessons.block import controls, step_by_step

words = open_page("block")
spec = network_picker.current(preset("cifar_resnet20"))
step_by_step.predict_silence(words)
left, middle, right = st.columns([3, 1, 2])
network_picker.choose(spec, left)
block = controls.choose_block(spec, words, middle)
with right:
    weights_picker.choose_weights(spec, text("activations"))
controls.choose_variant(spec, block, words)
p = plan(spec, network_picker.current_size(spec))
step_by_step.show(p, block, words)
with st.expander(words.labels["pictures"], icon=":material/image:"):
    image_input.choose()
explain(words, "sum", "order", "norm", "silence")
