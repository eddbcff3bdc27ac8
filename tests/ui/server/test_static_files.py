"""Streamlit's scripts, compressed, and its fonts, smaller."""

from __future__ import annotations

import dataclasses

import pytest
from fontTools.ttLib import TTFont

from resnet_viz.ui.server import static_files
from resnet_viz.ui.server.static_files import ICONS, LETTERS, SmallFont
from tools.subset_icons import NAMED, icons_of_the_app, ligatures, scripts_of_streamlit
from tools.subset_letters import characters


def test_the_small_font_has_every_icon_that_the_app_or_streamlit_names() -> None:
    all_icons = ligatures(TTFont(ICONS.original()))
    ours = icons_of_the_app()
    assert ours <= all_icons.keys()
    named = (ours | {*NAMED.findall(scripts_of_streamlit())}) & all_icons.keys()
    assert not named - ligatures(TTFont(ICONS.path)).keys(), "run 'python tools/subset_icons.py'"


@pytest.mark.parametrize("font", LETTERS, ids=lambda font: font.file)
def test_the_small_fonts_have_every_letter_that_the_app_writes_and_every_weight(font: SmallFont) -> None:
    whole, small = TTFont(font.original()), TTFont(font.path)
    wanted = (characters() | {*map(ord, "Łódź, Ærø, naïveté: 3½ × 10⁻⁶ ≤ ∂ε, ½ → ∞")}) & whole.getBestCmap().keys()
    assert not wanted - small.getBestCmap().keys(), "run 'python tools/subset_letters.py'"
    assert [(a.axisTag, a.minValue, a.maxValue) for a in small["fvar"].axes] == [("wght", 200, 900)]
    advances = {code: whole["hmtx"][name][0] for code, name in whole.getBestCmap().items() if code in wanted}
    assert advances == {code: small["hmtx"][small.getBestCmap()[code]][0] for code in wanted}


def test_the_small_fonts_stand_for_those_they_were_made_from_and_for_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    static_files.small_fonts.cache_clear()
    assert static_files.small_fonts() == {
        f"/static/media/{font.original().name}": font.path.read_bytes() for font in (ICONS, *LETTERS)
    }, "run 'python tools/subset_icons.py' and 'python tools/subset_letters.py' and write what they print into the SHA-256"
    assert all(font.path.stat().st_size < font.original().stat().st_size / 2 for font in (ICONS, *LETTERS))
    monkeypatch.setattr(static_files, "ICONS", dataclasses.replace(ICONS, made_from="another font's"))
    static_files.small_fonts.cache_clear()
    assert static_files.small_fonts().keys() == {f"/static/media/{font.original().name}" for font in LETTERS}
    static_files.small_fonts.cache_clear()
