"""The note that says where the teacher is, and leads there; members who follow are led without it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from resnet_viz.ui.components import style
from resnet_viz.ui.components.bundle import script
from resnet_viz.ui.components.reports import Report, mount, whole

MOST_VIEWS = 1_000_000

_component = st.components.v2.component(
    "resnet_viz_class_note",
    html="<aside class='note' role='status'></aside>\n",
    css=style("class_note/class_note.css"),
    js=script("class_note/class_note.js"),
)


def class_note(
    *,
    topic: str,
    page: str,
    link: str,
    view: int,
    follows: bool,
    titles: Mapping[str, str],
    words: Mapping[str, str],
    key: str,
    on_go: Callable[[int], None],
    on_stay: Callable[[int], None],
) -> None:
    """Show the note once `topic` tells of a later view than number `view`, unless that is `page` with the query `link`.

    `on_go` and `on_stay` receive the number of the view that somebody goes to, or does not. `titles`: by page. `words`: `note_…`.
    """
    said = {name: word for name, word in words.items() if name.startswith("note_")}
    data = {"topic": topic, "page": page, "link": link, "view": view, "follows": follows, "titles": dict(titles), "words": said}
    number = whole(1, MOST_VIEWS)
    mount(_component, key, data, go=Report(number, on_go), stay=Report(number, on_stay))
