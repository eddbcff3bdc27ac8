"""Why it works: four explanations, each with its evidence and how strong it is."""

from functools import partial

from resnet_viz.ui.kit.page import open_page
from resnet_viz.ui.kit.prose import explain, further
from resnet_viz.ui.lessons.why import explanations, shortcut_kinds

words = open_page("why")
explanations.show(words)
explain(words, "read")
further(words, "shortcuts", partial(shortcut_kinds.show, words))
further(words, "after", partial(explain, words, "after"))
explanations.show_open(words)
