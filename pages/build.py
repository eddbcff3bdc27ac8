"""Build: choose or compose a network; its diagram, its cost, the network itself."""

import streamlit as st

from resnet_viz.nets.plan import plan
from resnet_viz.nets.presets import preset
from resnet_viz.ui.kit import network_picker, stage_bars
from resnet_viz.ui.kit.page import open_page
from resnet_viz.ui.kit.prose import explain
from resnet_viz.ui.lessons.build import cost, exports, layer_table, live_build, selected

words = open_page("build")
spec = network_picker.current(preset("resnet18"))
cost.predict_depth(words)

left, middle, right = st.columns([3, 1, 2])
network_picker.choose(spec, left)
network_picker.choose_size(spec, middle)
other = cost.choose_other(spec, words, right)
with st.expander(network_picker.labels()["compose"], icon=":material/tune:"):
    network_picker.compose(spec)

p = plan(spec, network_picker.current_size(spec))
picture = network_picker.show_diagram(p, key="diagram_build", hint=words.labels["hint"])
selected.show(p, words)
st.markdown(cost.sentence(p, words))
q = plan(other, network_picker.current_size(other)) if other else None
cost.totals(p, q, words)
build_here = st.container()
stage_bars.bars(p, q, words)
layer_table.show(p, words)
exports.show(p, picture, words)
explain(words, "cost", "depth", "memory")
with build_here:
    live_build.show(p, words)
