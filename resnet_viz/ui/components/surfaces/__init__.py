"""Two loss surfaces side by side, turned together in the browser."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import streamlit as st

from resnet_viz.draw.tiles import colours
from resnet_viz.ui.components import style
from resnet_viz.ui.components.bundle import script
from resnet_viz.ui.components.columns import column

Height = Literal["linear", "log", "own"]
"""`own` gives each surface the whole range of heights and colours, the others share one."""
Look = Literal["solid", "map"]

_component = st.components.v2.component(
    "resnet_viz_surfaces",
    html="<div class='surfaces'></div>\n",
    css=style("surfaces/surfaces.css"),
    js=script("surfaces/surfaces.js"),
)


class SurfaceSide(NamedTuple):
    """One of the two surfaces."""

    name: str
    plain: bool
    losses: npt.NDArray[np.float64]
    """(side, side), not negative; NaN where nothing has been measured yet."""
    lines: Sequence[int]
    """The rows, and likewise columns, whose points are joined to a surface. Others are shown as dots."""
    title: str = ""
    """What stands above it, where that says more than its name."""


def surfaces(
    pair: Sequence[SurfaceSide], *, reach: float, height: Height, look: Look, words: Mapping[str, str], key: str, note: str = ""
) -> None:
    """Show two surfaces of the same size, from −`reach` to `reach` along both directions; `note` compares their heights."""
    about: dict[str, Any] = {
        "surfaces": [
            {"name": side.name, "title": side.title or side.name, "plain": side.plain, "lines": list(side.lines)} for side in pair
        ],
        "side": len(pair[0].losses),
        "reach": reach,
        "height": height,
        "look": look,
        "note": note,
        "words": {name: text for name, text in words.items() if name.startswith("surfaces_")},
    }
    values = np.concatenate([side.losses.ravel() for side in pair])
    data = {
        "about": about,
        "values": column(np.nan_to_num(values, nan=-1).astype(np.float32)),
        "colours": column(colours(False)),
    }
    _component(key=key, data=data)
