"""Basic or bottleneck: two blocks to scale, what they cost, and how long they take."""

from resnet_viz.ui.kit.page import explain, open_page
from resnet_viz.ui.lessons.bottleneck import comparison

words = open_page("bottleneck")
comparison.predict_ratio(words)
size = comparison.choose(words)
comparison.side_by_side(size, words)
comparison.over_channels(size, words)
comparison.compare(size, words)
comparison.clock(size, words)
explain(words, "why", "cost", "when")
comparison.exports(size, words)
