"""Which network, for which pictures, beside which other; and every field of it."""

from __future__ import annotations

import streamlit as st

from resnet_viz.nets.presets import preset, preset_name, presets, short_name
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.text import Lesson
from resnet_viz.ui.kit import network_picker, url_state
from resnet_viz.ui.kit.network_picker import labels
from resnet_viz.ui.lessons.build.params import VERSUS


def choose(spec: ResNetSpec, words: Lesson) -> ResNetSpec | None:
    """One row of controls, the rest folded below. Returns the network to compare with."""
    left, middle, right = st.columns([3, 1, 2])
    network_picker.choose(spec, left)
    network_picker.choose_size(spec, middle)
    with right:
        other = _choose_other(spec, words)
    more = st.expander(labels()["compose"], icon=":material/tune:", on_change="rerun", key="w_compose")
    if more.open:
        with more:
            network_picker.compose(spec)
    return other


def _choose_other(spec: ResNetSpec, words: Lesson) -> ResNetSpec | None:
    """The network to compare with: none, a preset, or the one without skips, or with them."""
    chosen = url_state.get(VERSUS) or preset("resnet50" if preset_name(spec) != "resnet50" else "resnet34")
    twin = spec.plain() if spec.skips != "none" else spec.residual()
    options = ["none", "twin", *presets()]
    value = "none" if chosen == "none" else "twin" if chosen == twin else short_name(chosen)
    if value not in options:  # a composed network that came with a link
        options.insert(0, value)

    def take(option: str) -> None:
        if option == "none":
            url_state.put(VERSUS, "none")
        elif option == "twin":
            url_state.put(VERSUS, twin)
        elif option in presets():
            url_state.put(VERSUS, preset(option))

    names = labels()

    def label(option: str) -> str:
        special = {"none": "versus_none", "twin": "versus_plain" if spec.skips != "none" else "versus_residual"}
        return words.labels[special[option]] if option in special else names.get(f"net_{option}", option)

    url_state.control(st.selectbox, words.labels["versus"], options, value=value, then=take, key="vs", format_func=label)
    return None if chosen == "none" else chosen
