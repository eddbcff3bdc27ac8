"""What every page tells the browser: its language, for a screen reader, that an address without values was no view, that a menu
closes after a choice, what a group of buttons asks, what the navigation is called, how a keyboard gets past that and a phone to
a question below its picture, where an explanation has room, what a button that takes files is called, what a field says by
itself, that a verdict is looked at, and that a way on at a page's foot leads to its top.

Streamlit's own page always says English. And where a page is opened from the navigation, it enters the bare address into the
history before the page's link is known: going Back would then stop at a place where nobody was.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

import streamlit as st

from resnet_viz.ui.components.bundle import script

_CODES = {"en": "en", "zh": "zh-Hans"}
_component = st.components.v2.component(
    "resnet_viz_language",
    html="<span></span>\n",
    js=script("language/language.js"),
)


class PageWays(TypedDict):
    """What leads about a page, in its language."""

    skip: Mapping[str, str]
    """The way past the navigation by where it leads, to a `question`, a `picture` or the `page`."""
    below: str
    """The way to a question that a narrow window has out of sight."""
    navigation: Mapping[str, str]
    """Its name as `pages`, and that of the menu of what has no room in it as `more`."""


def set_page_language(language: str, upload: str, inputs: Mapping[str, str], ways: PageWays | None) -> None:
    """Set `<html lang>`. `upload` is the word on a button that takes files; a field of numbers or words says
    `inputs`: how to `apply` it, or in a form to `submit` it, and its `range` of `{low}` and `{high}`. Where there is no
    navigation `ways` is None."""
    about = ways or dict.fromkeys(PageWays.__annotations__)
    _component(key="page_language", data={"code": _CODES[language], "upload": upload, "inputs": dict(inputs), **about}, height=0)
