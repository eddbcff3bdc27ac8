"""Which square of a wide or a high picture a network is shown: the reader's choice, one for each place to bring a picture to."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st
from PIL import Image

from resnet_viz.ui.kit import url_state
from resnet_viz.ui.kit.words import text

_MIDDLE = 50


def box(image: Image.Image, place: str) -> tuple[int, int, int, int]:
    """The square's left, top, right and bottom, in pixels of the picture."""
    side = min(image.size)
    share = st.session_state.get(_key(place), _MIDDLE) / 100
    left, top = int((image.width - side) * share), int((image.height - side) * share)  # the middle as `to_square` has it
    return left, top, left + side, top + side


def square(image: Image.Image, place: str) -> Image.Image:
    """The square that has been chosen; the middle one at first."""
    return image.crop(box(image, place))


def forget(place: str) -> None:
    """Another picture has come: its middle square."""
    st.session_state.pop(_key(place), None)


def choose(image: Image.Image, place: str, then: Callable[[], None] = lambda: None) -> None:
    """A slider, where there is anything to choose. `then` follows each choice."""
    if image.width == image.height:
        return

    def take(share: int) -> None:
        st.session_state[_key(place)] = share
        then()

    label = text("activations").labels["crop_across" if image.width > image.height else "crop_down"]
    now: int = st.session_state.get(_key(place), _MIDDLE)
    url_state.control(st.slider, label, 0, 100, value=now, then=take, key=f"crop_{place}", format="%d%%")


def _key(place: str) -> str:
    return f"{place}_crop"
