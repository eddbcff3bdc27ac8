"""What every page tells the browser: its language, for a screen reader, that an address without values was no view, that a menu
closes after a choice, what a group of buttons asks, and where an explanation has room.

Streamlit's own page always says English. And where a page is opened from the navigation, it enters the bare address into the
history before the page's link is known: going Back would then stop at a place where nobody was.
"""

from __future__ import annotations

import streamlit as st

from resnet_viz.ui.components.bundle import script

_CODES = {"en": "en", "zh": "zh-Hans"}
_component = st.components.v2.component(
    "resnet_viz_language",
    html="<span></span>\n",
    js=script("language/language.js"),
)


def set_page_language(language: str) -> None:
    """Set `<html lang>`."""
    _component(key="page_language", data={"code": _CODES[language]}, height=0)
