"""The proof: different ways to compute one layer, and the largest differences of their numbers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import streamlit as st
from PIL import Image

from resnet_viz.pictures import digest
from resnet_viz.probes import mixing, same_layer
from resnet_viz.text import Lesson
from resnet_viz.ui.kit.figures import badge
from resnet_viz.ui.kit.numbers import scientific
from resnet_viz.ui.lessons.mixing.mixer import current, picture_of_class


class Proof(NamedTuple):
    """The same numbers by different ways, on one picture."""

    ways: same_layer.Ways
    shuffle: float
    nine: float


@st.cache_data(max_entries=64, show_spinner=False)
def _prove(digest: str, mix: str, _picture: Image.Image) -> Proof:
    import torch

    given = mixing.parse_mix(mix)
    x = mixing.pixels(np.asarray(_picture))
    tensor = torch.from_numpy(x)[None]  # (1, 3, H, W)
    kernel = torch.randn(2, 3, 3, 3, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        ways = same_layer.three_ways(tensor, torch.from_numpy(given.weight), torch.from_numpy(given.bias))
        return Proof(ways, mixing.shuffle_difference(given, x), same_layer.nine_ways(tensor, kernel))


def show(words: Lesson) -> None:
    """Three ways to one layer, shuffling before and after, a 3×3 as nine: the largest differences on this picture."""
    mix, (_, image) = current(), picture_of_class()
    st.markdown(words.sections["ways"])
    found = _prove(digest(image), str(mix), image)
    badge("measured")
    st.markdown(words.say("proof_ways", count=f"{found.ways.compared:,}", difference=scientific(found.ways.largest)))
    key = "proof_shuffle_shift" if mix.shift else "proof_shuffle"
    st.markdown(words.say(key, difference=scientific(found.shuffle)))
    st.markdown(words.say("proof_nine", difference=scientific(found.nine)))
