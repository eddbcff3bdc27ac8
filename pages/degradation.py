"""Degradation: plain and residual networks train side by side, live."""

from resnet_viz.ui import race
from resnet_viz.ui.lesson import explain, open_page

words = open_page("degradation")
race.predict_depth(words)
experiment = race.compose(words)
race.start(experiment, words)
race.watch(words)
explain(words, "what", "slow", "paper")
race.files(words)
