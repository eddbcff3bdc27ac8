"""A basic block and a bottleneck beside each other, with true areas that follow the finger."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from resnet_viz.ui.components import style
from resnet_viz.ui.components.bundle import script
from resnet_viz.ui.components.reports import Reader, Report, mount, whole

FAIR = ("width", "cost")
"""What the two blocks have in common: their channels, or about their cost."""
_component = st.components.v2.component(
    "resnet_viz_block_areas",
    html="<div class='block-areas'></div>\n",
    css=style("block_areas/block_areas.css"),
    js=script("block_areas/block_areas.js"),
)


def read_fair(sent: object) -> str | None:
    """One of `FAIR`."""
    return next((fair for fair in FAIR if fair == sent), None)


def read_channels(stops: Sequence[int]) -> Reader[int]:
    """One of the slider's stops."""

    def read(sent: object) -> int | None:
        found = whole(min(stops), max(stops))(sent)
        return found if found in stops else None

    return read


def block_areas(
    channels: int,
    fair: str,
    stops: Sequence[int],
    *,
    shown: bool,
    words: Mapping[str, str],
    key: str,
    on_channels: Callable[[int], None],
    on_fair: Callable[[str], None],
) -> None:
    """Show both blocks. Without `shown` the bottleneck's areas are left open. `words` are the labels that begin with `area_`."""
    about = {
        "channels": channels,
        "fair": fair,
        "stops": list(stops),
        "shown": shown,
        "words": {name: text for name, text in words.items() if name.startswith("area_")},
    }
    mount(
        _component,
        key,
        {"about": about},
        channels=Report(read_channels(stops), on_channels),
        fair=Report(read_fair, on_fair),
    )
