"""Shortcuts and down-sampling: what to add when the shapes differ."""

import streamlit as st

from resnet_viz.nets.plan import plan
from resnet_viz.nets.presets import preset
from resnet_viz.ui import cost, network, picture, ways
from resnet_viz.ui.lesson import explain, open_page, text

words = open_page("shortcuts")
spec = network.current(preset("cifar_resnet20"))
ways.predict_gain(words)
left, middle, right = st.columns([3, 1, 2])
network.choose(spec, left)
network.choose_size(spec, middle)
with right:
    ways.choose_option(spec, words)
p = plan(spec, network.current_size(spec))
picture_here = network.show_diagram(p, key="diagram_shortcuts", hint=text("build").labels["hint"])
ways.options(p, words)
ways.on_the_picture(p, words)
with st.expander(words.labels["pictures"], icon=":material/image:"):
    picture.choose()
explain(words, "ways")
ways.try_to_add(words)
cost.bars(p, None, text("build"))
st.markdown(ways.level(p, words))
explain(words, "level")
ways.who_projects(words)
explain(words, "projects")
ways.files(p, picture_here, words)
