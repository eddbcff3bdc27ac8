"""Training curves that grow while the class watches."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import streamlit as st

from resnet_viz.ui.components import style
from resnet_viz.ui.components.bundle import script
from resnet_viz.ui.components.columns import column

_component = st.components.v2.component(
    "resnet_viz_curves",
    html="<div class='curves'></div>\n",
    css=style("shared/lines.css"),
    js=script("curves/curves.js"),
)


class Curve(NamedTuple):
    """One run's curves."""

    name: str
    kind: Literal["plain", "some", "residual"]
    """Which skips it has: its colour, and whether it is dashed."""
    depth: int
    """Shown by lightness: the deepest of a kind stands out most."""
    first: Sequence[float]
    """What the first view shows, a value a step from the first."""
    second: Sequence[float]
    topic: str = ""
    """Of the live channel: it brings the values of a run that goes on, in columns named as the views are."""


class CurveView(NamedTuple):
    """One of the two ways to look at the lines. `name` is also the end of its word's key, `curves_<name>`."""

    name: str
    percent: bool
    chance: float | None
    """What guessing would get: a dotted line. None where that is not the same for all lines."""


class Mark(NamedTuple):
    """A published figure beside the ends of the lines."""

    view: int
    """0 or 1: on which of the two views."""
    value: float
    text: str


def training_views(*classes: int) -> tuple[CurveView, CurveView]:
    """Training error and loss of networks with these numbers of classes."""
    error, loss = (1 - 1 / classes[0], math.log(classes[0])) if len({*classes}) == 1 else (None, None)
    return CurveView("error", percent=True, chance=error), CurveView("loss", percent=False, chance=loss)


def curves(
    lines: Sequence[Curve],
    *,
    views: tuple[CurveView, CurveView],
    steps: int,
    words: Mapping[str, str],
    key: str,
    axis: str = "step",
    marks: Sequence[Mark] = (),
) -> None:
    """Show the lines on an axis of `steps` steps; `axis` is what a step is, `step` or `epoch`."""
    depths = sorted({line.depth for line in lines})
    about: dict[str, Any] = {
        "lines": [
            {
                "name": line.name,
                "kind": line.kind,
                "strength": depths.index(line.depth) / max(1, len(depths) - 1),
                "count": len(line.first),
                "topic": line.topic,
            }
            for line in lines
        ],
        "views": [view._asdict() for view in views],
        "marks": [mark._asdict() for mark in marks],
        "steps": steps,
        "axis": axis,
        "words": {name: text for name, text in words.items() if name.startswith("curves_")},
    }
    values = [np.asarray(part, dtype=np.float32) for line in lines for part in (line.first, line.second)]
    _component(key=key, data={"about": about, "values": column(np.concatenate([np.zeros(0, np.float32), *values]))})
