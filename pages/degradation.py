"""Degradation: plain and residual networks train side by side, live."""

from resnet_viz.ui.kit import nested_classes
from resnet_viz.ui.kit.page import open_page
from resnet_viz.ui.kit.prose import explain
from resnet_viz.ui.lessons.degradation import depth_sweep, linear_classifier, live_runs, run_form, start_buttons

words = open_page("degradation")
run_form.predict_depth(words)
experiment = run_form.compose(words)
start_buttons.show(experiment, words)
live_runs.watch(words)
explain(words, "what")
depth_sweep.show(experiment, words)
explain(words, "slow")
linear_classifier.show(experiment, words)
explain(words, "paper")
live_runs.files(words)
nested_classes.show()
