"""Activations: a picture inside a network, layer by layer, with and without its skips."""

import streamlit as st

from resnet_viz.nets.plan import plan
from resnet_viz.nets.presets import preset
from resnet_viz.ui import inside, network, picture
from resnet_viz.ui.lesson import explain, open_page

words = open_page("activations")
spec = network.current(preset("cifar_resnet20"))
left, middle, right = st.columns([3, 1, 2])
network.choose(spec, left)
network.choose_size(spec, middle)
with right:
    inside.choose_weights(spec, words)
picture.choose()
inside.predict_lesion(words)
p = plan(spec, network.current_size(spec))
network.show_diagram(p, key="diagram_activations", hint=words.labels["hint"])
inside.show(p, words)
explain(words, "maps", "skips", "evidence")
