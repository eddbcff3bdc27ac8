"""Which square of a wide or a high picture a network is shown: the reader's choice."""

from __future__ import annotations

import streamlit as st
from PIL import Image

from resnet_viz.text import Lesson

_PLACE = "transfer_crop"
_MIDDLE = 50


def box(image: Image.Image) -> tuple[int, int, int, int]:
    """The square's left, top, right and bottom, in pixels of the picture."""
    side = min(image.size)
    place = st.session_state.get(_PLACE, _MIDDLE) / 100
    left, top = round((image.width - side) * place), round((image.height - side) * place)
    return left, top, left + side, top + side


def square(image: Image.Image) -> Image.Image:
    """The square that has been chosen; the middle one at first."""
    return image.crop(box(image))


def choose(image: Image.Image, words: Lesson) -> None:
    """A slider, where there is anything to choose."""
    if image.width != image.height:
        st.session_state.setdefault(_PLACE, _MIDDLE)
        label = words.labels["crop_across" if image.width > image.height else "crop_down"]
        st.slider(label, 0, 100, key=_PLACE, format="%d%%")
