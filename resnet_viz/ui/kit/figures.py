"""Pictures with what they show and where it comes from, and what of a page can be taken along."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import streamlit as st

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
    st.badge(text("common").labels[kind] + (f" · {note}" if note else ""), icon=icon, color=colour)  # type: ignore[arg-type]


@contextmanager
def figure(key: str, caption: str, kind: str = "", note: str = "", files: Sequence[Download] = ()) -> Iterator[None]:
    """Around a picture of any kind: what is drawn inside can be taken along as PNG and SVG with `caption` and its source.

    `kind` and `note` are the badge's; `files` are the picture's numbers as tables, or its code.
    """
    with st.container(key=f"figure_{key}"):
        yield
        with st.container(key=f"caption_{key}", horizontal=True, vertical_alignment="center"):
            if kind:
                badge(kind, note)
            st.caption(caption, width="stretch")
            downloads(files, key)


def downloads(files: Sequence[Download], key: str) -> None:
    """A row of download buttons."""
    with st.container(horizontal=True, width="content"):
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
