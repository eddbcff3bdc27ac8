"""A place for files with the words on it in this session's language: Streamlit's own are English only."""

from __future__ import annotations

import json
from collections.abc import Callable

import streamlit as st

from resnet_viz.ui.kit.words import text


def uploader(label: str, *, key: str, on_change: Callable[[], None], help: str, most: int, several: bool = False) -> None:
    """Take files of up to `most` MB. What the button and the line below it say is put in their place by `static/app.css`."""
    common = text("common")
    words = {"--rv-upload": common.labels["upload"], "--rv-upload-most": common.say("upload_most", limit=most)}
    said = "".join(f"{name}:{json.dumps(word, ensure_ascii=False)};" for name, word in words.items())
    st.html(f"<style>.st-key-{key}{{{said}}}</style>")
    st.file_uploader(label, key=key, accept_multiple_files=several, on_change=on_change, help=help, max_upload_size=most)
