"""Degradation: plain and residual networks train side by side, live."""

from resnet_viz.ui import board, nested, race, sweep
from resnet_viz.ui.lesson import explain, open_page

words = open_page("degradation")
race.predict_depth(words)
experiment = race.compose(words)
race.start(experiment, words)
board.watch(words)
explain(words, "what")
sweep.show(experiment, words)
explain(words, "slow")
race.baseline(experiment, words)
explain(words, "paper")
board.files(words)
nested.show()
