"""Shortcuts and down-sampling: what to add when the shapes differ."""

import streamlit as st

from resnet_viz.nets.plan import plan
from resnet_viz.nets.presets import preset
from resnet_viz.ui.kit import image_input, network_picker, stage_bars
from resnet_viz.ui.kit.page import open_page
from resnet_viz.ui.kit.prose import explain
from resnet_viz.ui.kit.words import text
from resnet_viz.ui.lessons.shortcuts import down_sampling, on_the_picture, options, try_to_add

words = open_page("shortcuts")
spec = network_picker.current(preset("cifar_resnet20"))
options.predict_gain(words)
left, middle, right = st.columns([3, 1, 2])
network_picker.choose(spec, left)
network_picker.choose_size(spec, middle)
with right:
    options.choose_option(spec, words)
p = plan(spec, network_picker.current_size(spec))
picture_here = network_picker.show_diagram(p, key="diagram_shortcuts", hint=text("build").labels["hint"])
options.show(p, words)
on_the_picture.show(p, words)
with st.expander(words.labels["pictures"], icon=":material/image:"):
    image_input.choose()
explain(words, "ways")
try_to_add.show(words)
stage_bars.bars(p, None, text("build"))
st.markdown(down_sampling.level(p, words))
explain(words, "level")
down_sampling.who_projects(words)
explain(words, "projects")
options.files(p, picture_here, words)
