"""What the server does around the pages."""

from __future__ import annotations

import re
from pathlib import Path

import streamlit

from resnet_viz.ui import server


def test_what_the_first_visit_needs_is_ready_before_it() -> None:
    server.compressed.cache_clear()
    server.prepare_first_visit()
    ready = server.compressed.cache_info().currsize
    folder = Path(streamlit.__file__).parent / "static"
    for path in re.findall(r"static/[\w./~-]+\.(?:js|css)", (folder / "index.html").read_text(encoding="utf-8")):
        server.compressed(folder / path)
    assert server.compressed.cache_info().currsize == ready > 5
