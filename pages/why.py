"""Why it works: four explanations, each with its evidence and how strong it is."""

from resnet_viz.ui import why
from resnet_viz.ui.lesson import explain, open_page

words = open_page("why")
explain(words, "intro")
why.show(words)
explain(words, "read")
