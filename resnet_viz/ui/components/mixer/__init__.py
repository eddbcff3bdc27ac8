"""A 1×1 convolution of a picture's colours, mixed in the browser."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from resnet_viz.draw.tiles import colours
from resnet_viz.probes.mixing import LIMIT, MAX_ROWS, PRESETS, Mix
from resnet_viz.ui.components import asset

_component = st.components.v2.component(
    "resnet_viz_mixer",
    html="<div class='mixer'></div>\n",
    css=asset("mixer/mixer.css"),
    js=asset("shared/paint.js") + asset("mixer/mixer_paint.js") + asset("mixer/mixer.js"),
)


def mixer(
    picture: npt.NDArray[np.uint8],
    start: Mix,
    turn: int,
    *,
    words: Mapping[str, str],
    key: str,
    on_mix: Callable[[], None],
    on_narrow: Callable[[], None],
) -> None:
    """Show the mixer on a (S, S, 3) picture. It takes `start` when it appears and whenever `turn` changes, else keeps its own.

    The callbacks find in `st.session_state[key]`: `mix`, the fields of a `Mix` as the finger left them (the browser's word, to
    be checked); `narrow`, whether the page is as narrow as a phone.
    """
    about: dict[str, Any] = {
        "side": int(picture.shape[0]),
        "presets": {name: [list(row) for row in rows] for name, rows in PRESETS.items()},
        "start": {**asdict(start), "rows": [list(row) for row in start.rows]},
        "turn": turn,
        "limit": LIMIT,
        "most": MAX_ROWS,
        "words": {name: text for name, text in words.items() if name.startswith("mix_")},
    }
    data = {"about": about, "pixels": np.ascontiguousarray(picture).ravel(), "colours": colours(True).ravel()}
    _component(key=key, data=data, on_mix_change=on_mix, on_narrow_change=on_narrow)
