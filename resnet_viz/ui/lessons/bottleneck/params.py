"""What a link to *Basic or bottleneck* carries: the size of the blocks, in channels and pixels."""

from __future__ import annotations

from resnet_viz.nets.blockcost import PAPER
from resnet_viz.ui.kit.url_parsers import Whole, same
from resnet_viz.ui.kit.url_state import Param

CHANNELS = Param("channels", Whole(16, 1024), PAPER["basic"], formerly={"bc": same})
HEIGHT = Param("height", Whole(1, 112), 56, formerly={"bh": same})
WIDTH = Param("width", Whole(1, 112), 56, formerly={"bw": same})

PARAMS = (CHANNELS, HEIGHT, WIDTH)
