"""The gradient at the first block over that at the last, against depth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from statistics import median

import streamlit as st

from resnet_viz.csv_table import table
from resnet_viz.text import Lesson
from resnet_viz.ui.components.layer_profiles import Profile, ProfileView, profiles
from resnet_viz.ui.kit.figures import Download, figure
from resnet_viz.ui.lessons.gradients.comparison import DASHES, DEPTHS, Setup, Tone
from resnet_viz.ui.lessons.gradients.norms import carried
from resnet_viz.ui.lessons.gradients.verdict import depth_sentence

KINDS: tuple[Tone, ...] = ("plain", "residual")
SHOWN = tuple(depth for depth in DEPTHS if depth > 8)
VIEW = ProfileView("ratio", mark=1.0)


def show(setup: Setup, words: Lesson) -> None:
    """Both networks at every depth, a few seeds each: their median strong, each of them pale."""
    found: dict[Tone, list[tuple[float, ...]]] = {}
    for kind, spec in zip(KINDS, setup.networks[:2], strict=True):
        sizes = [(depth - 2) // 6 for depth in SHOWN]
        found[kind] = [carried(str(replace(spec, stages=(n, n, n))), setup.data).ratios for n in sizes]
    places = [(depth - SHOWN[0]) / (SHOWN[-1] - SHOWN[0]) for depth in SHOWN]
    labels = [words.say("layers", depth=depth) for depth in SHOWN]
    lines = []
    for kind, ratios in found.items():
        middle = [median(seeds) for seeds in ratios]
        lines.append(Profile(words.labels[f"{kind}_any"], kind, labels, [[middle]], places, dash=DASHES[kind]))
        lines += [
            Profile("", kind, labels, [[[seeds[i] for seeds in ratios]]], places, ghost=True) for i in range(len(ratios[0]))
        ]
    ticks = [(place, str(depth)) for place, depth in zip(places, SHOWN, strict=True)]
    note = words.separated(",", (setup.made(words), words.say("seeds", seeds=len(found["plain"][0]))))
    files = [Download(words.labels["file_depth"], "depth.csv", "text/csv", partial(_numbers, found))]
    with figure("depth", words.labels["depth_caption"], kind="measured", note=note, files=files):
        profiles(lines, views=[VIEW], words=words.labels, key="depth_profiles", axis="depth", ticks=ticks)
    said = depth_sentence(SHOWN[-1], found["plain"][-1], found["residual"][-1], words)
    st.markdown(words.joined((words.say("these", made=setup.made(words)), said)))


def _numbers(found: dict[Tone, list[tuple[float, ...]]]) -> str:
    """CSV: a row a kind of network, depth and seed."""
    rows: list[Sequence[object]] = [["network", "depth", "seed", "ratio"]]
    for kind, ratios in found.items():
        rows += [(kind, depth, i, ratio) for depth, seeds in zip(SHOWN, ratios, strict=True) for i, ratio in enumerate(seeds)]
    return table(rows)
