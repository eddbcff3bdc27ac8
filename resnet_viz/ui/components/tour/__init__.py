"""The tour's bar: buttons and keys that lead on and back, and a light on what the step speaks of."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from resnet_viz.ui.components import style
from resnet_viz.ui.components.bundle import script
from resnet_viz.ui.components.reports import Report, mount, whole

_component = st.components.v2.component(
    "resnet_viz_tour",
    html="<nav class='tour'></nav>\n",
    css=style("tour/tour.css"),
    js=script("tour/tour.js"),
)


def tour_bar(
    *,
    at: int,
    count: int,
    here: bool,
    light: str,
    says: str,
    words: Mapping[str, str],
    key: str,
    on_step: Callable[[int], None],
) -> None:
    """Show step `at` of `count`, from 1. `light` is the key of a container on the page, or empty; `here` is false on a page that
    is not the step's. `on_step` receives the step that is wanted, 0 where somebody leaves. `words`: `tour_…`."""
    data = {"at": at, "count": count, "here": here, "light": light, "says": says, "words": dict(words)}
    mount(_component, key, data, step=Report(whole(0, count), on_step))
