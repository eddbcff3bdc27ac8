"""What a link to a page with the nested function classes carries."""

from __future__ import annotations

from resnet_viz.probes.nested import DEPTHS, FAMILIES, TARGETS
from resnet_viz.ui.kit.url_parsers import Whole, choice, same
from resnet_viz.ui.kit.url_state import Param

TARGET = choice("target", tuple(TARGETS), "tent", formerly={"nt": same})
LAYERS = Param("layers", Whole(1, DEPTHS), 5, formerly={"nd": same})
FAMILY = Param("family", Whole(0, FAMILIES - 1), 61, formerly={"nf": same})
COPY = choice("copy", ("no", "yes"), formerly={"ns": same})
"""Whether plain layers may copy their input."""

NESTED = (TARGET, LAYERS, FAMILY, COPY)
