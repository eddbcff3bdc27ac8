"""How much of a page is drawn: all of it, one picture inside another site's page, or a sheet of paper for the desk."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import streamlit as st

from resnet_viz.ui.kit import url_state
from resnet_viz.ui.kit.shared_params import FIGURE, SHEET

_STATIC = Path(__file__).parents[1] / "static"
PAPER = {"embed": "true", "embed_options": "light_theme"}
"""What makes Streamlit leave out its own frame, and draw black on white whatever the reader's theme is."""


def sheet() -> str:
    """Which sheet of paper is drawn: `worksheet`, `answers`, or nothing where the page is for a screen."""
    return url_state.get(SHEET)


def is_figure() -> bool:
    """Whether one picture with its controls is all that is drawn, in another site's page."""
    return not sheet() and bool(st.context.is_embedded)


def is_page() -> bool:
    """Whether all of the page is drawn: its head and foot, its prose and its further experiments."""
    return not sheet() and not st.context.is_embedded


def dress_app() -> None:
    """The look of every page, sent with each run. Its icon comes from the server (`server/static_files.py`)."""
    st.set_page_config(page_title="ResNet, live", layout="wide")
    st.html(_style())


@lru_cache
def _style() -> _Html:
    return _Html(f"<style>{(_STATIC / 'app.css').read_text(encoding='utf-8')}</style>")


class _Html(str):
    """HTML as it is: of any other text Streamlit takes away the margin, which of twenty kilobytes takes it a millisecond."""

    def _repr_html_(self) -> str:
        return self


def dress() -> None:
    """The look of what is less than a page."""
    if sheet():
        st.html(_STATIC / "sheet.css")
    elif is_figure():
        st.html(f"<style>{(_STATIC / 'embed.css').read_text(encoding='utf-8')}{_only(url_state.get(FIGURE))}</style>")


def _only(key: str) -> str:
    """Rules that leave the picture `key` of a page, or its first one where it has none of that name."""
    some = "[class*='st-key-stage_'], [class*='st-key-figure_']"
    named = f".st-key-stage_{key}, .st-key-stage_wide_{key}, .st-key-figure_{key}"
    return f"{_leave(named, f':has({named})')}{_leave(some, f':not(:has({named}))')}"


def _leave(picture: str, where: str) -> str:
    each = f"[data-testid='stMainBlockContainer'] > [data-testid='stVerticalBlock']{where} > *"
    return f"{each}:not(:has({picture}), {picture}), {each}:is(:has({picture}), {picture}) ~ * {{ display: none }}"
