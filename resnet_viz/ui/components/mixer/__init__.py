"""A 1×1 convolution of a picture's colours, mixed in the browser."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from resnet_viz.draw.tiles import colours
from resnet_viz.probes.mixing import LIMIT, MAX_ROWS, MAX_SHIFT, PRESETS, Mix
from resnet_viz.ui.components import style
from resnet_viz.ui.components.bundle import script
from resnet_viz.ui.components.columns import column
from resnet_viz.ui.components.packed import colour_planes, packed
from resnet_viz.ui.components.reports import Report, fields, flag, mount, real, several, whole

_component = st.components.v2.component(
    "resnet_viz_mixer",
    html="<div class='mixer'></div>\n",
    css=style("mixer/mixer.css"),
    js=script("mixer/mixer.js"),
)


_mix = fields(
    rows=several(several(real(-LIMIT, LIMIT), 4, 4), 1, MAX_ROWS),
    relu=flag,
    shift=whole(0, MAX_SHIFT),
    shuffle=flag,
    row=whole(0, MAX_ROWS - 1),
    grey=flag,
)


def read_mix(sent: object) -> Mix | None:
    """The mix that the browser says it shows, or None where it is not one."""
    found = _mix(sent)
    return Mix(**found) if found and found["row"] < len(found["rows"]) else None


def mixer(
    picture: npt.NDArray[np.uint8],
    start: Mix,
    turn: int,
    *,
    shown: bool,
    words: Mapping[str, str],
    key: str,
    on_mix: Callable[[Mix], None],
) -> None:
    """Show the mixer on a (S, S, 3) picture. It takes `start` when it appears and whenever `turn` changes, else keeps its own.

    Without `shown` what comes out is left open. `on_mix` receives the mix as the finger left it.
    """
    about: dict[str, Any] = {
        "side": int(picture.shape[0]),
        "presets": {name: [list(row) for row in rows] for name, rows in PRESETS.items()},
        "start": {**asdict(start), "rows": [list(row) for row in start.rows]},
        "turn": turn,
        "shown": shown,
        "limit": LIMIT,
        "most": MAX_ROWS,
        "words": {name: text for name, text in words.items() if name.startswith("mix_")},
    }
    data = {"about": about, "pixels": column(packed(colour_planes(picture))), "colours": column(colours(True))}
    mount(_component, key, data, answer=False, mix=Report(read_mix, on_mix))
