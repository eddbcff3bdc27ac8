"""Inside the network: a picture layer by layer, with and without its skips."""

from functools import partial

from resnet_viz.nets.plan import plan
from resnet_viz.nets.presets import preset
from resnet_viz.ui.kit import network_picker
from resnet_viz.ui.kit.page import open_page
from resnet_viz.ui.kit.prose import explain, further
from resnet_viz.ui.lessons.activations import guesses, inside, reading, skips, stem_filters

words = open_page("activations")
spec = network_picker.current(guesses.USUAL, formerly=preset("cifar_resnet20"))
view = inside.show(plan(spec, network_picker.current_size(spec)), words)
if view:
    further(words, "filters", partial(stem_filters.show, view))
    if view.classes:
        further(words, "reading", partial(reading.show, view))
further(words, "skips", partial(skips.show, words))
explain(words, "maps", "evidence")
explain(words, "skips", after=guesses.QUESTION)
