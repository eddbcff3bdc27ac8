"""Claims and quiz: Which sentences about ResNets hold when you measure them?"""

from resnet_viz.ui.kit.page import open_page
from resnet_viz.ui.kit.prose import explain, further
from resnet_viz.ui.kit.words import text
from resnet_viz.ui.lessons.claims import all_claims, one_claim, quiz

words = open_page("claims")
one_claim.show(words)
explain(words, "about")
further(words, "all", lambda: all_claims.show(words))
quiz.show(text("quiz"))
