"""Why it works: four explanations, each with its evidence and how strong it is."""

from resnet_viz.ui.kit.page import open_page
from resnet_viz.ui.kit.prose import explain
from resnet_viz.ui.lessons.why import panels

words = open_page("why")
explain(words, "intro")
panels.show(words)
explain(words, "read")
