"""Takes pictures of figures in the browser; mounted once a page, and asked by the buttons of `components/take_buttons`."""

from __future__ import annotations

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
    themes = {theme: {name: st.get_option(f"theme.{theme}.{of}") for name, of in _COLOURS.items()} for theme in ("light", "dark")}
    _component(key="take_pictures", data={**themes, "title": title}, height=0)
