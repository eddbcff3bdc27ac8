"""The ratio of the first block's gradient to the last block's, against depth."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from resnet_viz.text import Lesson
from resnet_viz.ui.components.layer_profiles import Profile, ProfileView, profiles
from resnet_viz.ui.kit.figures import badge
from resnet_viz.ui.kit.numbers import factor
from resnet_viz.ui.lessons.gradients.comparison import DASHES, DEPTHS, Setup, Tone
from resnet_viz.ui.lessons.gradients.norms import carried


def show(setup: Setup, words: Lesson) -> None:
    """The ratio from the first to the last block against depth, a few seeds each."""
    lines = []
    chosen = [depth for depth in DEPTHS if depth > 8]
    ends: dict[str, list[tuple[float, ...]]] = {"none": [], "all": []}
    for spec in setup.networks[:2]:
        for depth in chosen:
            n = (depth - 2) // 6
            found = carried(str(replace(spec, stages=(n, n, n))), setup.data)
            ends["none" if spec.skips == "none" else "all"].append(found.ratios)
    places = [(depth - chosen[0]) / (chosen[-1] - chosen[0]) for depth in chosen]
    labels = [words.say("layers", depth=depth) for depth in chosen]
    for kind, ratios in ends.items():
        line: Tone
        line, name = ("plain", words.labels["plain_any"]) if kind == "none" else ("residual", words.labels["residual_any"])
        middle = [sorted(seeds)[len(seeds) // 2] for seeds in ratios]
        lines.append(Profile(name, line, labels, [[middle]], places, dash=DASHES[line]))
        lines += [
            Profile("", line, labels, [[[seeds[i] for seeds in ratios]]], places, ghost=True) for i in range(len(ratios[0]))
        ]
    ticks = [(place, str(depth)) for place, depth in zip(places, chosen, strict=True)]
    profiles(lines, views=[ProfileView("ratio", mark=1.0)], words=words.labels, key="depth_profiles", axis="depth", ticks=ticks)
    badge("measured", words.say("seeds", seeds=len(ends["none"][0])))
    deepest = {kind: sorted(ratios[-1])[len(ratios[-1]) // 2] for kind, ratios in ends.items()}
    st.markdown(words.say("depth_said", depth=chosen[-1], plain=factor(deepest["none"]), residual=factor(deepest["all"])))
