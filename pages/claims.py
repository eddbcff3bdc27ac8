"""Claims, measured: Which sentences about ResNets hold when you measure them?"""

from resnet_viz.ui.kit.page import open_page
from resnet_viz.ui.kit.words import text
from resnet_viz.ui.lessons.claims import claims, quiz

words = open_page("claims")
claims.show(words)
quiz.show(text("quiz"))
