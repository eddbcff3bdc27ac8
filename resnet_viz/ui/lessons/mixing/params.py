"""What a link to *Channel mixing* carries."""

from __future__ import annotations

from resnet_viz.probes.mixing import Mix, parse_mix
from resnet_viz.ui.kit.url_state import Param

MIX: Param[Mix | None] = Param("mix", parse_mix, None)

PARAMS = (MIX,)
