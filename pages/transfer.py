"""Your own classes: a trained ResNet is a feature extractor."""

from functools import partial

from resnet_viz.ui.kit.page import open_page
from resnet_viz.ui.kit.prose import explain, further, side_by_side
from resnet_viz.ui.lessons.transfer import (
    fine_tuning,
    foreign_weights,
    forgotten_eval,
    how_many,
    judge,
    origins,
    reading,
    take_along,
    training_curve,
)

words = open_page("transfer")
how_many.show(words)
side_by_side(words, features="", head=how_many.QUESTION)
judge.show(words)
explain(words, "whom")
forgotten_eval.show(words)
explain(words, "modes", after=forgotten_eval.QUESTION)
further(words, "training", partial(training_curve.show, words))
further(words, "origins", partial(origins.show, words), after=[how_many.QUESTION])
further(words, "reading", partial(reading.show, words))
further(words, "tune", partial(fine_tuning.show, words), after=[how_many.QUESTION])
further(words, "take", partial(take_along.show, words))
further(words, "weights", partial(foreign_weights.show, words))
