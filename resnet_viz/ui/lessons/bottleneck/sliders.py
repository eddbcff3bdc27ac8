"""The size of the blocks that are compared: channels, height and width."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import streamlit as st

from resnet_viz.text import Lesson
from resnet_viz.ui.kit import url_state
from resnet_viz.ui.lessons.bottleneck.params import CHANNELS, HEIGHT, WIDTH

_CHANNELS = (16, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024)
_SIDES = (1, 2, 4, 7, 8, 14, 16, 20, 28, 32, 40, 56, 64, 80, 96, 112)


class Size(NamedTuple):
    """What is compared."""

    channels: int
    height: int
    width: int


def current() -> Size:
    """What this session has chosen; at first the paper's 64 channels, where they stand in ResNet-18. C is a multiple of 4."""
    channels = url_state.get(CHANNELS)
    return Size(channels - channels % 4, url_state.get(HEIGHT), url_state.get(WIDTH))


def channel_stops() -> list[int]:
    """Where the slider of the channels may stand."""
    return sorted({*_CHANNELS, current().channels})


def choose_positions(words: Lesson) -> None:
    """H and W."""
    size = current()
    for value, of in ((size.height, HEIGHT), (size.width, WIDTH)):
        url_state.control(
            st.select_slider,
            words.labels[of.name],
            sorted({*_SIDES, value}),
            value=value,
            then=partial(url_state.put, of),
            key=of.name,
        )
