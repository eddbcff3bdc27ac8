"""What a link to *Gradient flow* carries."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

from resnet_viz.nets.presets import parse_network
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.refused import Refused
from resnet_viz.studies.race import DEPTHS, network
from resnet_viz.ui.kit.url_parsers import OneOf, choice, dotted, same
from resnet_viz.ui.kit.url_state import Param

SIDE = 32
"""Pixels a side of the picture that is changed."""
Skips = frozenset[str] | Literal["all", "none"]
"""All, none, or all but these blocks'."""


def _skips(text: str) -> Skips:
    if text == "all":
        return "all"
    if text == "none":
        return "none"
    if len(text) > 400 or not re.fullmatch(r"cut\d\.\d{1,3}(_\d\.\d{1,3})*", text, re.ASCII):
        raise Refused("cut_skips", given=text)
    return frozenset(f"layer{name}" for name in text.removeprefix("cut").split("_"))


def _skips_text(skips: Skips) -> str:
    return skips if isinstance(skips, str) else "cut" + "_".join(sorted(name.removeprefix("layer") for name in skips))


def cut(spec: ResNetSpec) -> Skips:
    """The skips of a network as a link says them."""
    cut = frozenset(block for block in spec.blocks if not spec.has_skip(block))
    return ("none" if spec.skips == "none" else cut) if cut else "all"


def _raced(text: str) -> ResNetSpec:
    """The network of an older link, which said all four in one."""
    spec = parse_network(text)
    if spec.depth not in DEPTHS or spec != replace(network(spec.depth), norm=spec.norm, init=spec.init, skips=spec.skips):
        raise Refused("flow", example=f"{network(56)}-nobn-xavier", given=text)
    return spec


DEPTH = choice("depth", DEPTHS, 56, formerly={"flow": lambda text: str(_raced(text).depth)})
NORM = choice("norm", ("batch", "none"), formerly={"flow": lambda text: _raced(text).norm})
INIT = choice("init", ("he", "xavier", "pytorch", "normal-0.01"), formerly={"flow": lambda text: _raced(text).init})
SKIPS: Param[Skips] = Param("skips", _skips, "all", _skips_text, formerly={"flow": lambda text: _skips_text(cut(_raced(text)))})
PIXELS = choice("pixels", (16, 32), formerly={"px": same})
_TRAINING = ("chosen", "cifar-56", "cifar-20", "board")
_OLDER = {"shapes-56": "chosen", "shapes-20": "chosen"}
TRAINING = Param(
    "training", OneOf({code: code for code in _TRAINING} | _OLDER), "chosen", options=_TRAINING, formerly={"past": same}
)
"""Whose sizes are shown: those of the networks chosen on the page, of recorded runs or of the class's."""
CHANGE = choice("change", ("noise", "dot"), formerly={"touch": same})
AMOUNT = choice("amount", (0.1, 0.3, 0.7, 1.0, 3.0, 10.0), 0.7, "{:g}".format, formerly={"much": same})
"""Size of the change, in percent of the picture's length."""


def _spot(text: str) -> tuple[int, int]:
    if not re.fullmatch(r"\d{1,2}\.\d{1,2}", text, re.ASCII) or max(map(int, text.split("."))) >= SIDE:
        raise Refused("spot", most=SIDE - 1, given=text)
    row, column = map(int, text.split("."))
    return row, column


DOT = Param("dot", _spot, (SIDE // 2, SIDE // 2), dotted)
WHICH = choice("network", ("plain", "residual", "some"), "some")
"""Whose diagram is shown. One that keeps some of its skips, where there is one; else the residual network."""
STAGE = choice("stage", (1, 2, 3), 3)
"""Behind which stage the maps of both pictures are shown."""

PARAMS = (DEPTH, NORM, INIT, SKIPS, PIXELS, TRAINING, CHANGE, AMOUNT, DOT, WHICH, STAGE)
