"""Degradation: plain and residual networks train side by side, live."""

from resnet_viz.ui.kit import nested_classes
from resnet_viz.ui.kit.page import explain, open_page
from resnet_viz.ui.lessons.degradation import depth_sweep, live_runs, run_form

words = open_page("degradation")
run_form.predict_depth(words)
experiment = run_form.compose(words)
run_form.start(experiment, words)
live_runs.watch(words)
explain(words, "what")
depth_sweep.show(experiment, words)
explain(words, "slow")
run_form.baseline(experiment, words)
explain(words, "paper")
live_runs.files(words)
nested_classes.show()
