"""Feature maps and the picture they came from, side by side and linked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import streamlit as st
from PIL import Image

from resnet_viz.draw.tiles import Tiles, colours
from resnet_viz.nets.receptive_fields import ReceptiveField
from resnet_viz.ui.components import style
from resnet_viz.ui.components.bundle import script
from resnet_viz.ui.components.columns import column
from resnet_viz.ui.components.gallery import exactly

_component = st.components.v2.component(
    "resnet_viz_maps",
    html="<div class='maps'></div>\n",
    css=style("feature_maps/feature_maps.css"),
    js=script("feature_maps/feature_maps.js"),
)


class MapGroup(NamedTuple):
    """The maps of one tensor under one heading."""

    title: str
    tiles: Tiles
    note: str = ""


def maps_view(
    picture: Image.Image,
    groups: Sequence[MapGroup],
    *,
    words: Mapping[str, str],
    network_range: tuple[float, float],
    field: ReceptiveField | None,
    cam: npt.NDArray[np.floating] | None,
    layout: Literal["atlas", "strip"],
    key: str,
) -> None:
    """Show the maps. `picture` is square; `field` says which of its pixels a position of the maps has seen; `cam` is (h, w).

    Everything travels once; hovering, colour ranges and the overlay are the browser's.
    """
    heat = np.zeros((0, 0)) if cam is None else cam
    about: dict[str, Any] = {
        "picture": exactly(picture),
        "side": picture.width,
        "heat": [int(n) for n in heat.shape],
        "field": [float(field.size), float(field.stride), float(field.start)] if field else None,
        "range": [float(v) for v in network_range],
        "layout": layout,
        "groups": [
            {
                "title": g.title,
                "note": g.note,
                "count": g.tiles.count,
                "total": g.tiles.total,
                "height": g.tiles.height,
                "width": g.tiles.width,
            }
            for g in groups
        ],
        "words": {name: text for name, text in words.items() if name.startswith("maps_")},
    }
    data = {
        "about": about,
        "pixels": column(
            np.concatenate(
                [np.round(heat * 255).astype(np.uint8).ravel(), *(g.tiles.pixels for g in groups)],
                dtype=np.uint8,
            )
        ),
        "bounds": column(np.concatenate([part for g in groups for part in (g.tiles.low, g.tiles.high)], dtype=np.float32)),
        "colours": column(np.concatenate([colours(False), colours(True)])),
    }
    _component(key=key, data=data)
