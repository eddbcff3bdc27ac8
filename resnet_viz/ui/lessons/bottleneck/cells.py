"""Tables of Markdown cells, and the numbers that stand in them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import streamlit as st

from resnet_viz.ui.kit.numbers import big


def cells_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table of Markdown cells. It has to fit a phone: one that scrolls sideways cannot be reached by keyboard."""
    columns = zip(*rows, strict=True)
    st.table({name: list(column) for name, column in zip(head, columns, strict=True)}, border="horizontal", hide_index=True)


def on_one_line(text: str) -> str:
    """The same with blanks at which no line ends, so that no number is parted from its unit."""
    return text.replace(" ", "\u00a0")


def short(count: float) -> str:
    """Three figures and a unit: 231 M."""
    return big(count, max(0, 2 - math.floor(math.log10(count)) % 3))
