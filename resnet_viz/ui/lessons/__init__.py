"""The lessons, a folder each: a file a section, and `params`, what the lesson's link carries beside what all share."""

from __future__ import annotations

from importlib import import_module, util
from typing import Any

from resnet_viz.ui.kit.shared_params import further
from resnet_viz.ui.kit.url_state import Param


def params(lesson: str) -> tuple[Param[Any], ...]:
    """The parameters of a lesson's page, without the shared ones. Their module comes when the page is first opened."""
    module = f"{__name__}.{lesson}.params"
    own: tuple[Param[Any], ...] = import_module(module).PARAMS if util.find_spec(module) else ()
    return (*own, further(lesson))
