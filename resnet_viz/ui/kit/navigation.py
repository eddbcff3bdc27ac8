"""The pages of the app, in the order of the course, and which of them this session's browser has seen."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from resnet_viz.text import lesson
from resnet_viz.ui import streamlit_internals
from resnet_viz.ui.kit import extent, url_state
from resnet_viz.ui.kit.by_browser import own_pages
from resnet_viz.ui.kit.course import LESSONS, place_of
from resnet_viz.ui.kit.shared_params import LANGUAGE
from resnet_viz.ui.kit.visitor import visitor

_PLACES = (Path(__file__).parents[2] / "pages", Path(__file__).parents[3] / "pages")
"""In an installed package and in a checkout."""
_FOLDER = next(place for place in _PLACES if place.is_dir())
PAGES = ("home", *LESSONS, "teach")
"""What the navigation shows, in its order."""
_HERE, _SEEN, _MADE = "page_here", "pages_seen", "pages_made"
TICK = "✓"
DESK = ("plan",)
"""Pages for the teacher's desk, which other pages lead to."""
_name_of: dict[str, str] = {}
"""A page by what identifies it in a run, once somebody has been there."""


def page(name: str) -> Any:
    """One page as Streamlit's navigation takes it, named in this session's language: its number, or a tick in its place once the
    lesson has been seen, and the label `nav`, short enough for all to stand side by side."""
    return _made_once(name, _title(name, url_state.get(LANGUAGE), bool(tick(name))))


@cache
def _title(name: str, language: str, has_tick: bool) -> str:
    place = place_of(name)
    number = f"{TICK if has_tick else place.number} " if place else ""
    return f"{number}{lesson(name, language).labels['nav']}"


def _made_once(name: str, title: str) -> Any:
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
    language, ticked = url_state.get(LANGUAGE), _ticked()
    return [_made_once(name, _title(name, language, name in ticked)) for name in (*PAGES, *DESK)]


def enter() -> Any:
    """Draw the navigation; the page that is asked for, at which this session is now."""
    st.session_state[_SEEN] = own_pages().of(visitor())  # asked once a run, for all its ticks
    if asked := _name_of.get(streamlit_internals.page_of_this_run()):
        _come_to(asked)
    page = _draw()
    name = page.url_path or "home"
    _name_of[streamlit_internals.page_of_this_run()] = name
    if _come_to(name):
        page = _draw()  # which page it is, Streamlit's navigation alone knew: the one that was left has its tick now
    return page


def _come_to(name: str) -> bool:
    """This session is at the page; whether it was elsewhere."""
    if name == here():
        return False
    st.session_state[_HERE] = name
    if extent.is_page():
        own_pages().keep(visitor(), name, True)
    return True


def _draw() -> Any:
    return st.navigation(pages(), position="top" if extent.is_page() else "hidden")


def tick(name: str) -> str:
    """What marks a page that this session's browser has been at, unless the session is there now."""
    return TICK if name in _ticked() else ""


def _ticked() -> set[str]:
    return {*st.session_state.get(_SEEN, ())} - {here()}


def here() -> str:
    """The page that this session is at."""
    found: str = st.session_state.get(_HERE, "home")
    return found
