"""Build: choose or compose a network; its diagram, its cost, the network itself."""

from resnet_viz.nets.plan import plan
from resnet_viz.nets.presets import preset
from resnet_viz.ui.kit import network_picker, stage_bars
from resnet_viz.ui.kit.page import open_page, stage
from resnet_viz.ui.kit.prose import explain, further
from resnet_viz.ui.lessons.build import controls, cost, exports, family, head, initial_weights, live_build, picture, thousand

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
explain(words, "family")
if shown:
    stage_bars.bars(p, q, words)
explain(words, "cost", "depth", "memory")
head.show(p, words)
explain(words, "head")
further(words, "init", lambda: initial_weights.show(words))
further(words, "thousand", lambda: thousand.show(words))
further(words, "recipe", lambda: explain(words, "recipe"))
exports.show(p, words)
live_build.show(p, words)
