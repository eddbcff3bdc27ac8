"""Which network, for which pictures, beside which other; and every field of it."""

from __future__ import annotations

import streamlit as st

from resnet_viz.nets.presets import parse_network, preset, preset_name, presets, short_name
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.text import Lesson
from resnet_viz.ui.kit import network_picker, url_state
from resnet_viz.ui.kit.network_picker import labels, title
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
    """The network to compare with: none, a preset, or the one without skips, or with them, which follows the network."""
    chosen = url_state.get(VERSUS) or preset("resnet50" if preset_name(spec) != "resnet50" else "resnet34")
    options = ["none", "twin", *presets()]
    value = chosen if isinstance(chosen, str) else short_name(chosen)
    if value not in options:  # a composed network that came with a link
        options.insert(0, value)

    def take(option: str) -> None:
        if option in options:
            url_state.put(VERSUS, VERSUS.parse(option))

    names = {option: title(parse_network(option)) for option in options if option not in ("none", "twin")}
    names["none"] = words.labels["versus_none"]
    names["twin"] = words.labels["versus_plain" if spec.skips != "none" else "versus_residual"]
    label = words.labels["versus"]
    url_state.control(st.selectbox, label, options, value=value, then=take, key="vs", format_func=names.__getitem__)
    if isinstance(chosen, str):
        return None if chosen == "none" else spec.plain() if spec.skips != "none" else spec.residual()
    return chosen
