"""Channel mixing: a 1×1 convolution is a matrix at every pixel."""

from functools import partial

from resnet_viz.ui.kit.page import open_page
from resnet_viz.ui.kit.prose import explain, further
from resnet_viz.ui.lessons.mixing import costs, edges_only, learned_matrix, mixer, proof, two_in_a_row

words = open_page("mixing")
mixer.show(words)
explain(words, "pixel")
edges_only.show(words)
explain(words, "cannot", after="mixing")
two_in_a_row.show(words)
explain(words, "bend", after="mixing_row")
further(words, "ways", partial(proof.show, words))
further(words, "cost", partial(costs.show, words))
further(words, "learned", partial(learned_matrix.show, words))
further(words, "attention", partial(explain, words, "attention"))
