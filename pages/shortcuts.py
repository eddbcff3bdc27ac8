"""Shortcuts and down-sampling: what to add when the shapes differ."""

from functools import partial

from resnet_viz.ui.kit.page import open_page
from resnet_viz.ui.kit.prose import explain, further
from resnet_viz.ui.lessons.shortcuts import down_sampling, on_the_picture, published, try_to_add, twice_the_channels, ways_out

words = open_page("shortcuts")
ways_out.show(words)
explain(words, "ways")
published.show(words)
explain(words, "identity", after="shortcuts_gain")
twice_the_channels.show(words)
explain(words, "level", after="shortcuts_widen")
further(words, "add", partial(try_to_add.show, words))
further(words, "picture", partial(on_the_picture.show, words))
further(words, "who", partial(down_sampling.who_projects, words))
further(words, "network", partial(down_sampling.whole_network, words))
