"""Basic or bottleneck: two blocks to scale, what they cost, and how long they take."""

from resnet_viz.ui import blocks
from resnet_viz.ui.lesson import explain, open_page

words = open_page("bottleneck")
blocks.predict_ratio(words)
size = blocks.choose(words)
blocks.side_by_side(size, words)
blocks.over_channels(size, words)
blocks.compare(size, words)
blocks.clock(size, words)
explain(words, "why", "cost", "when")
blocks.exports(size, words)
