"""Streamlit's scripts, compressed."""

from __future__ import annotations

import pytest
from fontTools.ttLib import TTFont

from resnet_viz.ui.server import static_files
from tools.subset_icons import NAMED, icons_of_the_app, ligatures, scripts_of_streamlit


def test_the_small_font_has_every_icon_that_the_app_or_streamlit_names() -> None:
    all_icons = ligatures(TTFont(static_files.icon_font()))
    ours = icons_of_the_app()
    assert ours <= all_icons.keys()
    named = (ours | {*NAMED.findall(scripts_of_streamlit())}) & all_icons.keys()
    assert not named - ligatures(TTFont(static_files.ICONS)).keys(), "run 'python tools/subset_icons.py'"


def test_the_small_font_stands_for_the_one_it_was_made_from_and_for_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    static_files.smaller_font.cache_clear()
    assert static_files.smaller_font() == (
        f"/static/media/{static_files.icon_font().name}",
        static_files.ICONS.read_bytes(),
    ), "run 'python tools/subset_icons.py' and write the SHA-256 that it prints into MADE_FROM"
    assert static_files.ICONS.stat().st_size < static_files.icon_font().stat().st_size / 4
    monkeypatch.setattr(static_files, "MADE_FROM", "another font's")
    static_files.smaller_font.cache_clear()
    assert static_files.smaller_font() is None
    static_files.smaller_font.cache_clear()
