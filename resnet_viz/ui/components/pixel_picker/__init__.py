"""A picture on which one pixel can be pointed at."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import streamlit as st

from resnet_viz.ui.components.bundle import script
from resnet_viz.ui.components.columns import column
from resnet_viz.ui.components.reports import Report, mount, several, whole

_component = st.components.v2.component(
    "resnet_viz_dot",
    html="<canvas tabindex='0' role='application'></canvas>\n",
    css=(
        "canvas { width: 100%; max-width: 260px; border-radius: 0.4rem; cursor: crosshair; image-rendering: pixelated; }\n"
        "canvas:focus-visible { outline: 3px solid var(--st-primary-color); outline-offset: 2px; }\n"
    ),
    js=script("pixel_picker/pixel_picker.js"),
)


_pair = several(whole(0, 1023), 2, 2)


def read_at(sent: object) -> tuple[int, int] | None:
    """Row and column, or None where it is not that. How large the picture is is not known here."""
    found = _pair(sent)
    return (found[0], found[1]) if found else None


def dot(
    picture: npt.NDArray[np.uint8], at: tuple[int, int], *, label: str, key: str, on_at: Callable[[tuple[int, int]], None]
) -> None:
    """Show a (S, S, 3) picture with the pixel at (row, column) marked. `on_at` receives row and column, perhaps of no pixel."""
    about = {"side": int(picture.shape[0]), "at": list(at), "label": label}
    mount(_component, key, {"about": about, "pixels": column(picture)}, at=Report(read_at, on_at))
