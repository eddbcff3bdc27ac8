"""The lesson plan: what a teacher asks, what a class says, what is measured."""

from resnet_viz.ui.kit.page import open_page
from resnet_viz.ui.lessons.plan import lessons

words = open_page("plan")
lessons.show(words)
