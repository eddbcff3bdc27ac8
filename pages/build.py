"""Build: choose or compose a network; its diagram, its cost, the network itself."""

import streamlit as st

from resnet_viz.nets.plan import plan
from resnet_viz.nets.presets import preset
from resnet_viz.ui.kit import network_picker, stage_bars
from resnet_viz.ui.kit.page import open_page, stage
from resnet_viz.ui.kit.prose import explain, further, side_by_side
from resnet_viz.ui.lessons.build import (
    controls,
    cost,
    exports,
    family,
    head,
    initial_weights,
    layer_table,
    live_build,
    picture,
    thousand,
)

words = open_page("build")
spec = network_picker.current(preset("resnet18"))
p = plan(spec, network_picker.current_size(spec))
picture_here, panel = stage("build", wide=True)
with panel:
    other = controls.choose(spec, words)
with picture_here:
    shown = cost.predict_depth(words)
    picture.show(p, words)
q = plan(other, network_picker.current_size(other)) if other else None
if shown:
    cost.totals(p, q, words)
family.show(spec, words, costs=shown)
side_by_side(words, family="", depth="build")
if shown:
    stage_bars.bars(p, q, words)
side_by_side(words, cost="", memory="")
left, right = st.columns(2, gap="large")
with left:
    head.show(p, words)
with right:
    explain(words, "head")
further(words, "init", lambda: initial_weights.show(words))
further(words, "thousand", lambda: thousand.show(words))
further(words, "recipe", lambda: explain(words, "recipe"))
further(words, "live", lambda: live_build.show(p, words))
further(words, "export", lambda: exports.show(p, words))
layer_table.show(p, words)
