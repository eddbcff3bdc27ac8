"""Streamlit's scripts, compressed."""

from __future__ import annotations

import re
from pathlib import Path

import streamlit

from resnet_viz.ui.server import static_files


def test_what_the_first_visit_needs_is_ready_before_it() -> None:
    static_files.compressed.cache_clear()
    static_files.compress_first_visit()
    ready = static_files.compressed.cache_info().currsize
    folder = Path(streamlit.__file__).parent / "static"
    for path in re.findall(r"static/[\w./~-]+\.(?:js|css)", (folder / "index.html").read_text(encoding="utf-8")):
        static_files.compressed(folder / path)
    assert static_files.compressed.cache_info().currsize == ready > 5
