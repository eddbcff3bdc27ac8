"""What a link to *Why it works* carries."""

from __future__ import annotations

import re
from typing import Literal, get_args

from resnet_viz.probes.nested import DEPTHS, FAMILIES, TARGETS
from resnet_viz.refused import Refused
from resnet_viz.ui.components.surfaces import Height, Look
from resnet_viz.ui.kit.url_parsers import Whole, choice, same
from resnet_viz.ui.kit.url_state import Param

PAIRS = ("shapes-20", "cifar-56", "cifar-20", "shapes-56")
"""Pictures and depth of trained twins. Of the first everything can be measured on any machine, and both have learnt."""
PANEL = choice("panel", ("small", "ensemble", "surface", "nested"))

# Deleted blocks


def _deleted(text: str) -> tuple[str, ...]:
    parts = text.split("_") if text else []
    if len(parts) > 60 or not all(re.fullmatch(r"\d\.\d{1,3}", part, re.ASCII) for part in parts):
        raise Refused("deleted", given=text)
    return tuple(f"layer{part}" for part in parts)


def _deleted_text(blocks: tuple[str, ...]) -> str:
    return "_".join(name.removeprefix("layer") for name in blocks)


PAIR = choice("pair", PAIRS)
DELETION: Param[Literal["one", "some", "swap"]] = choice("deletion", ("one", "some", "swap"), formerly={"wound": same})
DELETED: Param[tuple[str, ...]] = Param("deleted", _deleted, (), _deleted_text, formerly={"gone": same})

# Loss surfaces

TWINS = choice("twins", ("shapes-56", "shapes-20", "cifar-56", "cifar-20"), formerly={"lp": same})
SURFACE = choice("surface", ("trained", "untrained"), formerly={"lw": same})
LOOK: Param[Look] = choice("look", get_args(Look), formerly={"lv": same})
HEIGHT: Param[Height] = choice("height", get_args(Height), "own", formerly={"lh": same})
REACH = choice("reach", (1.0, 0.5), dump="{:g}".format, formerly={"lr": same})
PLANE = Param("plane", Whole(0, 999), 1, formerly={"lm": lambda text: text.partition(".")[0]})
"""The seed of its two directions."""
POINTS = choice("points", (11, 17, 25), formerly={"lm": lambda text: text.partition(".")[2]})
"""A side."""

# Nested function classes

TARGET = choice("target", tuple(TARGETS), "tent", formerly={"nt": same})
LAYERS = Param("layers", Whole(1, DEPTHS), 5, formerly={"nd": same})
FAMILY = Param("family", Whole(0, FAMILIES - 1), 61, formerly={"nf": same})
COPY = choice("copy", ("no", "yes"), formerly={"ns": same})
"""Whether plain layers may copy their input."""

PARAMS = (PANEL, PAIR, DELETION, DELETED, TWINS, SURFACE, LOOK, HEIGHT, REACH, PLANE, POINTS, TARGET, LAYERS, FAMILY, COPY)
