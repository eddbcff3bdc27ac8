"""Gradient flow: what becomes of a small change, and of the gradient, in a plain network and its residual twin."""

from functools import partial

from resnet_viz.ui.kit.class_runs import take
from resnet_viz.ui.kit.page import open_page, stage
from resnet_viz.ui.kit.prediction import answered
from resnet_viz.ui.kit.prose import explain, further
from resnet_viz.ui.lessons.gradients import (
    against_depth,
    comparison,
    directions,
    identity_term,
    nudge,
    on_diagram,
    size,
)

words = open_page("gradients")
take()
picture, panel = stage("nudge")
verdict = panel.container()
with panel:
    nudge.controls(words)
with picture:
    nudge.show(words, verdict)
explain(words, "nudge", after="nudge")

explain(words, "to_size")
picture, panel = stage("size")
verdict = panel.container()
with panel:
    size.controls(words)
with picture:
    size.show(words, verdict)
explain(words, "size", "training", after="size")
if answered("size"):
    size.say_training(words)

setup = comparison.chosen()
further(words, "directions", partial(directions.show, setup, words), after=["nudge"])
further(words, "identity", partial(identity_term.show, setup, words))
further(words, "depth", partial(against_depth.show, setup, words), after=["size"])
further(words, "diagram", partial(on_diagram.show, setup, words), after=["size"])
further(words, "maps", partial(nudge.show_maps, setup, words), after=["nudge"])
further(words, "papers", partial(explain, words, "papers"), after=["size"])
