"""The answers of a class as bars that grow while they come in, and how many have answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from resnet_viz.ui.components import style
from resnet_viz.ui.components.bundle import script

_component = st.components.v2.component(
    "resnet_viz_class_bars",
    html="<div class='answers'></div>\n",
    css=style("class_bars/class_bars.css"),
    js=script("class_bars/class_bars.js"),
)


def class_bars(
    *,
    topic: str,
    question: str,
    options: Sequence[str],
    right: int | None,
    own: int | None,
    counts: Sequence[Sequence[int]],
    answered: int,
    expected: int,
    words: Mapping[str, str],
    key: str,
) -> None:
    """Show how many of those `expected` have `answered`, and a row an option with a bar a round. `topic` brings what follows.

    Without options only the number is shown. `words`: `bars_…`.
    """
    said = {name: word for name, word in words.items() if name.startswith("bars_")}
    data = {"topic": topic, "question": question, "options": list(options), "right": right, "own": own, "words": said}
    now = {"counts": [list(one) for one in counts], "answered": answered, "expected": expected}
    _component(key=key, data={**data, "now": now})
