"""Takes pictures of figures in the browser; mounted once a page, and asked by the buttons of `components/take_buttons`."""

from __future__ import annotations

from functools import lru_cache

import streamlit as st

from resnet_viz.ui.components.bundle import script

_COLOURS = {
    "text": "textColor",
    "background": "backgroundColor",
    "secondary": "secondaryBackgroundColor",
    "primary": "primaryColor",
}
_component = st.components.v2.component(
    "resnet_viz_take",
    html="<span></span>\n",
    js=script("take/take.js"),
)


def take_pictures(title: str) -> None:
    """Make this page's figures ready to be taken. `title` is named as their source."""
    _component(key="take_pictures", data={**_themes(), "title": title}, height=0)


@lru_cache
def _themes() -> dict[str, dict[str, object]]:
    """Both themes' colours, as the server was started with them."""
    return {theme: {name: st.get_option(f"theme.{theme}.{of}") for name, of in _COLOURS.items()} for theme in ("light", "dark")}
