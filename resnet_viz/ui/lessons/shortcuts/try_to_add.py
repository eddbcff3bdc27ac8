"""*Try to add two shapes*: any two, and what PyTorch says to their sum."""

from __future__ import annotations

from functools import partial

import streamlit as st

from resnet_viz.text import Lesson
from resnet_viz.ui.kit import url_state
from resnet_viz.ui.kit.numbers import shape_text
from resnet_viz.ui.kit.url_state import Param
from resnet_viz.ui.kit.words import quoted
from resnet_viz.ui.lessons.shortcuts.params import LEFT, MOST, RIGHT


def show(words: Lesson) -> None:
    """Any two shapes, and what PyTorch says to their sum."""
    from resnet_viz.probes.broadcasting import try_add

    left, right = st.columns(2, gap="large")
    with left:
        a = _shape(LEFT, words)
    with right:
        b = _shape(RIGHT, words)
    found = try_add(a, b)
    st.code(f"x = torch.zeros(1, {a[0]}, {a[1]}, {a[2]})\ny = torch.zeros(1, {b[0]}, {b[1]}, {b[2]})\nx + y", language="python")
    if found.shape is None:
        st.error(f"RuntimeError: {quoted(found.error)}", icon=":material/block:")
        parts = [words.labels[f"axis_{i}"] for i in found.differ]
        st.markdown(words.say("add_why", axes=_listed(parts, words), left=shape_text(a), right=shape_text(b)))
    elif found.broadcast:
        st.warning(words.say("add_broadcast", shape=shape_text(found.shape)), icon=":material/warning:")
    else:
        st.success(words.say("add_fits", shape=shape_text(found.shape)), icon=":material/check_circle:")


def _listed(parts: list[str], words: Lesson) -> str:
    """Words in a row, as the language joins them."""
    joint = words.labels["and"]
    return (f" {joint} " if joint.isascii() else joint).join(parts)


def _shape(of: Param[tuple[int, int, int]], words: Lesson) -> tuple[int, int, int]:
    shape = url_state.get(of)

    def take(axis: int, size: int) -> None:
        channels, height, width = (size if i == axis else n for i, n in enumerate(shape))
        url_state.put(of, (channels, height, width))

    st.markdown(f"**{words.labels[f'add_{of.name}']}**")
    for i, (column, most) in enumerate(zip(st.columns(3), MOST, strict=True)):
        with column:
            url_state.control(
                st.number_input,
                words.labels[f"axis_{i}"],
                1,
                most,
                value=shape[i],
                then=partial(take, i),
                key=f"{of.name}_{i}",
            )
    return shape
