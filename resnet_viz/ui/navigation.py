"""The pages of the app, in the order of the navigation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from resnet_viz.ui.kit.page import text

_FOLDER = Path(__file__).parents[2] / "pages"
ICONS = {
    "home": ":material/home:",
    "build": ":material/account_tree:",
    "activations": ":material/grid_view:",
    "degradation": ":material/trending_down:",
    "gradients": ":material/show_chart:",
    "why": ":material/help_center:",
    "claims": ":material/fact_check:",
    "block": ":material/add_circle:",
    "mixing": ":material/palette:",
    "shortcuts": ":material/alt_route:",
    "bottleneck": ":material/hourglass:",
}
"""Each name has pages/<name>.py and text/<language>/<name>.md."""
LESSONS = tuple(name for name in ICONS if name != "home")


def page(name: str) -> Any:
    """One page as Streamlit's navigation takes it, named in this session's language: by the label `nav`, short enough for all
    to stand side by side, or by its title."""
    home = name == "home"
    url = None if home else name
    words = text(name)
    return st.Page(
        _FOLDER / f"{name}.py", title=words.labels.get("nav", words.title), icon=ICONS[name], url_path=url, default=home
    )


def pages() -> list[Any]:
    """All of them."""
    return [page(name) for name in ICONS]
