"""Basic or bottleneck: two blocks with true areas, what they cost, and how long they take."""

from functools import partial

from resnet_viz.ui.kit.page import open_page
from resnet_viz.ui.kit.prose import explain, further
from resnet_viz.ui.lessons.bottleneck import over_channels, sliders, the_papers_pair, three_comparisons, times, to_scale

words = open_page("bottleneck")
to_scale.show(words)
explain(words, "why", after="bottleneck")
the_papers_pair.show(words)
explain(words, "cost", after="bottleneck_time")
explain(words, "when")
size = sliders.current()
further(words, "compare", partial(three_comparisons.show, size, words), after=["bottleneck"])
further(words, "channels", partial(over_channels.show, words), after=["bottleneck"])
further(words, "times", partial(times.show, size, words), after=["bottleneck"])
