"""A picture on which one pixel can be pointed at."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import streamlit as st

from resnet_viz.ui.components import asset

_component = st.components.v2.component(
    "resnet_viz_dot",
    html="<canvas tabindex='0' role='application'></canvas>\n",
    css=(
        "canvas { width: 100%; max-width: 260px; border-radius: 0.4rem; cursor: crosshair; image-rendering: pixelated; }\n"
        "canvas:focus-visible { outline: 3px solid var(--st-primary-color); outline-offset: 2px; }\n"
    ),
    js=asset("shared/paint.js") + asset("pixel_picker/pixel_picker.js"),
)


def dot(picture: npt.NDArray[np.uint8], at: tuple[int, int], *, label: str, key: str, on_at: Callable[[], None]) -> None:
    """Show a (S, S, 3) picture with the pixel at (row, column) marked. The callback finds [row, column] as `at` in the state."""
    about = {"side": int(picture.shape[0]), "at": list(at), "label": label}
    _component(key=key, data={"about": about, "pixels": np.ascontiguousarray(picture).ravel()}, on_at_change=on_at)
