"""Training curves that grow while the class watches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from resnet_viz.ui.components import asset

_component = st.components.v2.component(
    "resnet_viz_curves",
    html="<div class='curves'></div>\n",
    css=asset("curves.css"),
    js=asset("paint.js") + asset("curves.js"),
)


class Line(NamedTuple):
    """One run's curves."""

    name: str
    plain: bool
    error: Sequence[float]
    """Smoothed training error, a value a step from the first."""
    loss: Sequence[float]
    dash: int = 0
    """Which dash pattern: depths that share a colour are told apart by it."""
    ghost: bool = False
    """Drawn pale and without a name."""


def curves(lines: Sequence[Line], *, steps: int, words: Mapping[str, str], key: str, chance: float = 0.9) -> None:
    """Show the lines on an axis of `steps` steps. `chance` is the error of guessing."""
    about: dict[str, Any] = {
        "lines": [
            {"name": line.name, "plain": line.plain, "ghost": line.ghost, "dash": line.dash, "count": len(line.error)}
            for line in lines
        ],
        "steps": steps,
        "chance": chance,
        "words": {name: text for name, text in words.items() if name.startswith("curves_")},
    }
    values = [np.asarray(part, dtype=np.float32) for line in lines for part in (line.error, line.loss)]
    _component(key=key, data={"about": about, "values": np.concatenate([np.zeros(0, np.float32), *values])})
