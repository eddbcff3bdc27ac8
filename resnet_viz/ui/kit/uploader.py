"""A place for files whose limit is said in this session's language: what Streamlit writes into it is English only."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from resnet_viz.ui.kit.words import text


def uploader(label: str, *, key: str, on_change: Callable[[], None], help: str, most: int, several: bool = False) -> None:
    """Take files of up to `most` MB, which the label says. `static/app.css` leaves out the English line that says it too."""
    said = text("common").say("upload_label", label=label, limit=most)
    st.file_uploader(said, key=key, accept_multiple_files=several, on_change=on_change, help=help, max_upload_size=most)
