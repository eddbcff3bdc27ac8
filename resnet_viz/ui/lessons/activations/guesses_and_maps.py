"""The guesses and the maps side by side, from one pass of the picture."""

from __future__ import annotations

import streamlit as st

from resnet_viz.nets.plan import Plan
from resnet_viz.pictures import digest, to_square
from resnet_viz.text import Lesson
from resnet_viz.ui.kit import image_input, weights_picker
from resnet_viz.ui.kit.words import sentence_instead
from resnet_viz.ui.lessons.activations.feature_maps import show_maps, shown_of
from resnet_viz.ui.lessons.activations.guesses import show_guesses
from resnet_viz.ui.lessons.activations.picture import PictureView


@sentence_instead()
def show(p: Plan, words: Lesson) -> None:
    """Guesses, maps, evidence and downloads, or the sentence that says why not."""
    source = weights_picker.usable(p, words)
    if source is None:
        return
    code, original = image_input.current()
    square = to_square(original, p.input_shape[1])
    view = PictureView(p, source, code, square, digest(square), words)
    shown = shown_of(p, words)
    look = view.look([name for name, _ in shown.steps])  # the one pass from which everything below is taken
    left, right = st.columns([1, 3], gap="large")
    with left:
        show_guesses(view, look)
    with right:
        show_maps(view, shown, look)
