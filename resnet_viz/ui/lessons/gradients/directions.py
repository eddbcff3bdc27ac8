"""Gradients with respect to the picture, along a line from one picture to another: how alike neighbours are."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from resnet_viz.csv_table import table
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.pictures import digest
from resnet_viz.text import Lesson
from resnet_viz.ui.components.layer_profiles import Profile, ProfileView, profiles
from resnet_viz.ui.kit import inference
from resnet_viz.ui.kit.figures import Download, figure
from resnet_viz.ui.kit.prose import explain
from resnet_viz.ui.kit.turns import measuring
from resnet_viz.ui.lessons.gradients.comparison import DASHES, Setup, tone
from resnet_viz.ui.lessons.gradients.nudge import crowd, current_square
from resnet_viz.ui.lessons.gradients.verdict import direction_sentence

if TYPE_CHECKING:
    from PIL import Image

    from resnet_viz.probes.nudge import Correlation

POINTS = 257
"""On the line between two pictures; neighbours are 1/256 of it apart."""
SHOWN_LAGS = 33
VIEW = ProfileView("cosine", log=False, mark=0.0, unit=True)


def show(setup: Setup, words: Lesson) -> None:
    """The cosine against the distance on the line."""
    explain(words, "direction")
    square = current_square()
    found = [along(str(spec), setup.seed, digest(square), square) for spec in setup.networks]
    labels = [words.say("lag", lag=lag, all=POINTS - 1) for lag in range(SHOWN_LAGS)]
    lines = [
        Profile(setup.name(spec, words), tone(spec), labels, [[list(one.values[:SHOWN_LAGS])]], dash=DASHES[tone(spec)])
        for spec, one in zip(setup.networks, found, strict=True)
    ]
    ticks = [(i / (SHOWN_LAGS - 1), f"{i}/{POINTS - 1}") for i in range(0, SHOWN_LAGS, 8)]
    files = [Download(words.labels["file_directions"], "directions.csv", "text/csv", partial(_numbers, setup.networks, found))]
    with figure("directions", words.labels["direction_caption"], kind="measured", note=setup.made(words), files=files):
        profiles(lines, views=[VIEW], words=words.labels, key="direction_profiles", axis="lag", ticks=ticks)
    near = [(setup.name(spec, words), one.values[0], one.values[1]) for spec, one in zip(setup.networks, found, strict=True)]
    st.markdown(words.joined((words.say("these", made=setup.made(words)), direction_sentence(near, POINTS - 1, words))))


@st.cache_data(max_entries=128, show_spinner=False)
def along(net: str, seed: int, digest: str, _square: Image.Image) -> Correlation:
    """Input gradients on the line from the picture to another one, in an untrained network."""
    from resnet_viz.nets.resnet import build
    from resnet_viz.probes.nudge import gradient_correlation

    x = inference.network_input(_square, inference.WeightsSource("untrained", ""), 3)[0]
    with measuring():
        return gradient_correlation(build(ResNetSpec.parse(net), seed), x, crowd()[0], POINTS, among=crowd())


def _numbers(specs: Sequence[ResNetSpec], found: Sequence[Correlation]) -> str:
    """CSV: a row a network and distance on the line."""
    rows = [["network", "share_of_the_line", "cosine"]]
    for spec, one in zip(specs, found, strict=True):
        rows += [[str(spec), str(lag), str(value)] for lag, value in zip(one.lags, one.values, strict=True)]
    return table(rows)
