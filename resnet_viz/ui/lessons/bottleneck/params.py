"""What a link to *Basic or bottleneck* carries: the size of the blocks, in channels and pixels, and what they have in common."""

from __future__ import annotations

from resnet_viz.nets.blockcost import PAPER
from resnet_viz.ui.components.block_areas import FAIR as _FAIR
from resnet_viz.ui.kit.url_parsers import Whole, choice, same
from resnet_viz.ui.kit.url_state import Param

CHANNELS = Param("channels", Whole(16, 1024), PAPER["basic"], formerly={"bc": same})
HEIGHT = Param("height", Whole(1, 112), 56, formerly={"bh": same})
WIDTH = Param("width", Whole(1, 112), 56, formerly={"bw": same})
FAIR = choice("fair", _FAIR)

PARAMS = (CHANNELS, HEIGHT, WIDTH, FAIR)
