"""Pictures with what they show and where it comes from, and what of a page can be taken along."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import streamlit as st

from resnet_viz.ui.components.take_buttons import take_buttons
from resnet_viz.ui.kit.navigation import here
from resnet_viz.ui.kit.prose import explained
from resnet_viz.ui.kit.words import text

_BADGES = {
    "measured": ("green", ":material/speed:"),
    "recorded": ("blue", ":material/history:"),
    "cited": ("gray", ":material/menu_book:"),
}


class Download(NamedTuple):
    """One file on offer."""

    label: str
    name: str
    mime: str
    make: Callable[[], str | bytes]
    """Runs when the file is asked for, on a thread that has no session: what the session says is read before and handed over."""


def badge(kind: str, note: str = "") -> None:
    """Where the numbers of a picture come from: `measured`, `recorded` or `cited`."""
    colour, icon = _BADGES[kind]
    st.badge(_source(kind, note), icon=icon, color=colour)  # type: ignore[arg-type]


def _source(kind: str, note: str) -> str:
    return " · ".join(filter(None, (text("common").labels[kind] if kind else "", note)))


@contextmanager
def figure(key: str, caption: str, kind: str = "", note: str = "", files: Sequence[Download] = ()) -> Iterator[None]:
    """Around a picture of any kind: what is drawn inside can be taken along as PNG and SVG with `caption` and its source.

    `kind` and `note` are the badge's; `files` are the picture's numbers as tables, or its code. Controls inside are left out of
    the file, and so is whatever has the attribute `data-take="no"`.
    """
    with st.container(key=f"figure_{key}"):
        yield
        _below(key, caption, kind, note, files)


def _below(key: str, caption: str, kind: str, note: str, files: Sequence[Download]) -> None:
    """The row below a picture: where it comes from, what it shows, and as what it can be taken along."""
    with st.container(key=f"caption_{key}", horizontal=True, vertical_alignment="center", gap="small"):
        if kind:
            badge(kind, note)
        st.caption(explained(caption, f"caption/{key}"), unsafe_allow_html=True, width="stretch")
        with st.container(key=f"files_{key}", horizontal=True, vertical_alignment="center", width="content", gap="small"):
            take_buttons(_file_name(key), _source(kind, note), text("common").labels, key=f"take_{key}")
            _buttons(files, key)


def _file_name(key: str) -> str:
    return f"resnet-live-{here()}-{re.sub(r'[^a-z0-9]+', '-', key.lower()).strip('-')}"


def downloads(files: Sequence[Download], key: str) -> None:
    """A row of download buttons."""
    with st.container(horizontal=True, width="content"):
        _buttons(files, key)


def _buttons(files: Sequence[Download], key: str) -> None:
    for file in files:
        st.download_button(
            file.label,
            file.make,
            file.name,
            file.mime,
            key=f"{key}_{file.name}",
            icon=":material/download:",
            on_click="ignore",
        )
