"""What a link to *The residual block* carries."""

from __future__ import annotations

from resnet_viz.ui.kit.url_parsers import Whole, choice, dotted, module_name, place, same
from resnet_viz.ui.kit.url_state import Param

BLOCK = Param("block", module_name, "")
BRANCH = choice("branch", ("full", "zero"))
STEP = Param("step", Whole(0, 20), 0)
FOLLOW: Param[tuple[int, int, int] | None] = Param("follow", place, None, dotted, formerly={"at": same})
"""The number that is followed through the block: channel, row, column."""

PARAMS = (BLOCK, BRANCH, STEP, FOLLOW)
