"""Basic or bottleneck: two blocks to scale, what they cost, and how long they take."""

from resnet_viz.ui.kit.page import open_page
from resnet_viz.ui.kit.prose import explain
from resnet_viz.ui.lessons.bottleneck import over_channels, sliders, three_comparisons, times, to_scale

words = open_page("bottleneck")
to_scale.predict_ratio(words)
size = sliders.choose(words)
to_scale.side_by_side(size, words)
over_channels.show(size, words)
three_comparisons.show(size, words)
times.show(size, words)
explain(words, "why", "cost", "when")
to_scale.exports(size, words)
