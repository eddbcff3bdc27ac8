"""Tells the browser, and so a screen reader, which language the page is in: Streamlit's own page always says English."""

from __future__ import annotations

import streamlit as st

_CODES = {"en": "en", "zh": "zh-Hans"}
_component = st.components.v2.component(
    "resnet_viz_language",
    html="<span></span>\n",
    js="export default function ({ data }) {\n  document.documentElement.lang = data.code\n}\n",
)


def set_page_language(language: str) -> None:
    """Set `<html lang>`."""
    _component(key="page_language", data={"code": _CODES[language]}, height=0)
