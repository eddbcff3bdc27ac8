"""The pages of the app, in the order of the course, and which of them this session has seen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from resnet_viz.ui.kit.course import LESSONS, place_of
from resnet_viz.ui.kit.words import text

_FOLDER = Path(__file__).parents[3] / "pages"
_SEEN = "seen"


def page(name: str) -> Any:
    """One page as Streamlit's navigation takes it, named in this session's language: its number and the label `nav`, short enough
    for all to stand side by side, and a tick once it has been seen."""
    words, place = text(name), place_of(name)
    number, tick = (f"{place.number} " if place else ""), (" ✓" if name in seen() else "")
    title = f"{number}{words.labels['nav']}{tick}"
    return st.Page(_FOLDER / f"{name}.py", title=title, url_path=name if place else None, default=not place)


def pages() -> list[Any]:
    """All of them."""
    return [page(name) for name in ("home", *LESSONS)]


def seen() -> frozenset[str]:
    """The lessons that this session has left again: those have a tick."""
    found: dict[str, None] = st.session_state.get(_SEEN, {})
    return frozenset(list(found)[:-1])


def here() -> str:
    """The page that this session is at."""
    found: dict[str, None] = st.session_state.get(_SEEN, {})
    return next(reversed(found), "home")


def see(name: str) -> None:
    """This session is at the page `name`."""
    visited: dict[str, None] = st.session_state.setdefault(_SEEN, {})
    visited.pop(name, None)
    visited[name] = None
