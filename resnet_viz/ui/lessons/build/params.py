"""What a link to *Build* carries."""

from __future__ import annotations

from typing import Literal

from resnet_viz.nets.presets import parse_network, short_name
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.ui.kit.url_parsers import choice, same
from resnet_viz.ui.kit.url_state import Param

Other = ResNetSpec | Literal["none", "twin"]
"""`twin` is the same without skips, or with them, whatever the network is."""


def _parse(text: str) -> Other:
    return "none" if text == "none" else "twin" if text == "twin" else parse_network(text)


def _dump(other: Other) -> str:
    return other if isinstance(other, str) else short_name(other)


VERSUS: Param[Other | None] = Param("versus", _parse, None, _dump, formerly={"vs": same})
"""The network that the chosen one is compared with."""

INIT_RELU = choice("relu", ("with", "without"))
"""Whether the layers through which a signal is followed have ReLUs."""

PARAMS = (VERSUS, INIT_RELU)
