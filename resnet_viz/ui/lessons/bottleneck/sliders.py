"""The size of the blocks that are compared: channels, height and width, with their sliders."""

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
    """What the sliders say."""

    channels: int
    height: int
    width: int

    @property
    def positions(self) -> str:
        return f"{self.height} × {self.width}"


def current() -> Size:
    """What this session has chosen; at first the paper's 64 channels, where they stand in ResNet-18. C is a multiple of 4."""
    channels = url_state.get(CHANNELS)
    return Size(channels - channels % 4, url_state.get(HEIGHT), url_state.get(WIDTH))


def choose(words: Lesson) -> Size:
    """The three sliders."""
    size = current()
    for column, value, of, stops in zip(st.columns(3), size, (CHANNELS, HEIGHT, WIDTH), (_CHANNELS, _SIDES, _SIDES), strict=True):
        url_state.control(
            column.select_slider,
            words.labels[of.name],
            sorted({*stops, value}),
            value=value,
            then=partial(url_state.put, of),
            key=of.name,
        )
    return size
