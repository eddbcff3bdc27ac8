"""Claims, measured: Which sentences about ResNets hold when you measure them?"""

from resnet_viz.ui import claims, quiz
from resnet_viz.ui.lesson import open_page, text

words = open_page("claims")
claims.show(words)
quiz.show(text("quiz"))
