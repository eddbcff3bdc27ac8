"""What a link to *Your own classes* carries. Pictures of one's own do not travel with it."""

from __future__ import annotations

from resnet_viz.samples.to_teach import SETS
from resnet_viz.ui.kit.url_parsers import choice, module_name
from resnet_viz.ui.kit.url_state import Param

OWN = "own"
SET = choice("set", (*SETS, OWN))
BACKBONE = Param("from", module_name, "")
"""The trained network whose features are used; nothing stands for the one that sees the largest pictures."""
NEW = Param("new", module_name, "")
"""The picture that is asked about."""

PARAMS = (SET, BACKBONE, NEW)
