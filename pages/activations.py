"""Activations: a picture inside a network, layer by layer, with and without its skips."""

import streamlit as st

from resnet_viz.nets.plan import plan
from resnet_viz.nets.presets import preset
from resnet_viz.ui.kit import image_input, network_picker, weights_picker
from resnet_viz.ui.kit.page import open_page
from resnet_viz.ui.kit.prose import explain
from resnet_viz.ui.lessons.activations import guesses, guesses_and_maps

words = open_page("activations")
spec = network_picker.current(preset("cifar_resnet20"))
left, middle, right = st.columns([3, 1, 2])
network_picker.choose(spec, left)
network_picker.choose_size(spec, middle)
with right:
    weights_picker.choose_weights(spec, words)
image_input.choose()
guesses.predict_lesion(words)
p = plan(spec, network_picker.current_size(spec))
network_picker.show_diagram(p, key="diagram_activations", hint=words.labels["hint"])
guesses_and_maps.show(p, words)
explain(words, "maps", "skips", "evidence")
