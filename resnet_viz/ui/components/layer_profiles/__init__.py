"""Values along a network, and how they change as it trains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import streamlit as st

from resnet_viz.ui.components import style
from resnet_viz.ui.components.bundle import script
from resnet_viz.ui.components.columns import column

_component = st.components.v2.component(
    "resnet_viz_profiles",
    html="<div class='profiles'></div>\n",
    css=style("shared/lines.css", "layer_profiles/layer_profiles.css"),
    js=script("layer_profiles/layer_profiles.js"),
)


class ProfileView(NamedTuple):
    """One way to look at the lines. `name` is also the end of its word's key, `profiles_<name>`."""

    name: str
    log: bool = True
    mark: float | None = None
    """Where a dotted line runs; its word is `profiles_mark_<name>`."""
    unit: bool = False
    """The values of a linear axis lie between 0 and 1, or −1 and 1."""
    still: bool = False
    """Known at the first step only: without a slider."""


class Profile(NamedTuple):
    """One line."""

    name: str
    kind: Literal["plain", "residual", "branch", "total"]
    labels: Sequence[str]
    """What each of its points is called."""
    values: Sequence[Sequence[Sequence[float]]]
    """[view][step][point]; NaN where nothing is known, or nothing is to be shown yet."""
    places: Sequence[float] | None = None
    """Where on the axis, from 0 to 1, its points are; evenly spaced by default."""
    dash: int = 0
    ghost: bool = False
    """Drawn pale and without a name."""


def profiles(
    lines: Sequence[Profile],
    *,
    views: Sequence[ProfileView],
    words: Mapping[str, str],
    key: str,
    axis: str,
    steps: Sequence[int] = (0,),
    ticks: Sequence[tuple[float, str]] = (),
) -> None:
    """Show the lines. `axis` is the end of the word below the axis, `profiles_axis_<axis>`; `ticks` are (place, text).

    Everything travels once: hovering, the choice of the view and the walk through the steps are the browser's.
    """
    about: dict[str, Any] = {
        "lines": [
            {
                "name": line.name,
                "kind": line.kind,
                "labels": list(line.labels),
                "count": len(line.labels),
                "dash": line.dash,
                "ghost": line.ghost,
            }
            for line in lines
        ],
        "views": [view._asdict() for view in views],
        "steps": [int(step) for step in steps],
        "ticks": [[float(place), text] for place, text in ticks],
        "axis": axis,
        "words": {name: text for name, text in words.items() if name.startswith("profiles_")},
    }
    places = [np.linspace(0, 1, len(line.labels)) if line.places is None else np.asarray(line.places) for line in lines]
    values = [np.asarray(line.values[v], dtype=np.float32).ravel() for v in range(len(views)) for line in lines]
    data = {"about": about, "values": column(np.concatenate([*places, *values], dtype=np.float32))}
    _component(key=key, data=data)
