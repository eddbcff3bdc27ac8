"""The pages of the app, in the order of the course, and which of them this session's browser has seen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from resnet_viz.ui.kit import extent
from resnet_viz.ui.kit.by_browser import own_pages
from resnet_viz.ui.kit.course import LESSONS, place_of
from resnet_viz.ui.kit.visitor import visitor
from resnet_viz.ui.kit.words import text

_PLACES = (Path(__file__).parents[2] / "pages", Path(__file__).parents[3] / "pages")
"""In an installed package and in a checkout."""
_FOLDER = next(place for place in _PLACES if place.is_dir())
PAGES = ("home", *LESSONS, "teach")
"""What the navigation shows, in its order."""
_HERE, _SEEN, _MADE = "page_here", "pages_seen", "pages_made"
DESK = ("plan",)
"""Pages for the teacher's desk, which other pages lead to."""


def page(name: str) -> Any:
    """One page as Streamlit's navigation takes it, named in this session's language: its number, or a tick in its place once the
    lesson has been seen, and the label `nav`, short enough for all to stand side by side."""
    place = place_of(name)
    number = f"{tick(name) or place.number} " if place else ""
    title = f"{number}{text(name).labels['nav']}"
    made: dict[tuple[str, str], Any] = st.session_state.setdefault(_MADE, {})  # making one asks the disk a dozen times
    if (name, title) not in made:
        is_home = name == "home"
        made[name, title] = st.Page(
            _FOLDER / f"{name}.py",
            title=title,
            url_path=None if is_home else name,
            default=is_home,
            visibility="hidden" if name in DESK else "visible",
        )
    return made[name, title]


def pages() -> list[Any]:
    """All of them; the navigation shows those that a class walks through."""
    return [page(name) for name in (*PAGES, *DESK)]


def enter() -> Any:
    """Draw the navigation; the page that is asked for, at which this session is now."""
    st.session_state[_SEEN] = own_pages().of(visitor())  # asked once a run, for all its ticks
    page = _draw()
    name = page.url_path or "home"
    if name != here():
        st.session_state[_HERE] = name
        if extent.is_page():
            own_pages().keep(visitor(), name, True)
        page = _draw()  # which page it is, Streamlit's navigation alone knows: the one that was left has its tick now
    return page


def _draw() -> Any:
    return st.navigation(pages(), position="top" if extent.is_page() else "hidden")


def tick(name: str) -> str:
    """What marks a page that this session's browser has been at, unless the session is there now."""
    return "✓" if name != here() and name in st.session_state.get(_SEEN, ()) else ""


def here() -> str:
    """The page that this session is at."""
    found: str = st.session_state.get(_HERE, "home")
    return found
