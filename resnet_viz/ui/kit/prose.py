"""The prose of a page: sections with the rest under *Read more*, words of the trade explained, further experiments folded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import streamlit as st

from resnet_viz.text import Lesson
from resnet_viz.text.glossary import glossary, marked
from resnet_viz.ui.kit import extent, navigation, shared_params, url_state
from resnet_viz.ui.kit.class_session import hides
from resnet_viz.ui.kit.prediction import answered
from resnet_viz.ui.kit.shared_params import LANGUAGE
from resnet_viz.ui.kit.url_parsers import MOST_SECTIONS
from resnet_viz.ui.kit.words import text

MORE = "<!-- more -->"
"""In a section's Markdown: what follows is folded."""
_FIRST = "glossary_first"


def start() -> None:
    """At the head of a page: no word has been explained yet."""
    st.session_state[_FIRST] = {}


def explain(words: Lesson, *keys: str, after: str = "") -> None:
    """Sections of a text. What stands after `MORE` in one is under *Read more*. Only a whole page has them, and where prose is
    hidden it has none. What gives away the answer to a question stands there `after` that has been answered."""
    if not extent.is_page() or hides("prose"):
        return
    if after and not answered(after):
        st.caption(text("common").labels["explained_after"])
        return
    for key in keys:
        in_view, _, rest = words.sections[key].partition(MORE)
        tell(in_view, f"{words.title}/{key}")
        if rest.strip():
            with st.expander(text("common").labels["read_more"], icon=":material/menu_book:", type="compact"):
                tell(rest, f"{words.title}/{key}/more")


def side_by_side(words: Lesson, **sections: str) -> None:
    """Sections beside each other, which on a phone stand below each other: lines that are short enough to read. Each with the
    question `after` whose answer it stands there, or with none."""
    for column, (key, after) in zip(st.columns(len(sections), gap="large"), sections.items(), strict=True):
        with column:
            explain(words, key, after=after)


def tell(markdown: str, place: str) -> None:
    """Our own Markdown, with each word of the glossary explained where it first stands on the page; `place` names this one."""
    st.markdown(explained(markdown, place), unsafe_allow_html=True)


def explained(markdown: str, place: str) -> str:
    """What `tell` shows: Markdown with HTML in it."""
    first: dict[str, str] = st.session_state.setdefault(_FIRST, {})
    elsewhere = frozenset(key for key, where in first.items() if where != place)
    told, found = _marked(markdown, url_state.get(LANGUAGE), elsewhere)
    first.update(dict.fromkeys(found, place))
    return told


@lru_cache(maxsize=1024)
def _marked(markdown: str, language: str, known: frozenset[str]) -> tuple[str, tuple[str, ...]]:
    """A section is searched for words of the trade once for a whole class."""
    told, found = marked(markdown, glossary(language), known)
    return told, tuple(found)


def further(words: Lesson, key: str, draw: Callable[[], None], *, after: Sequence[str] = ()) -> None:
    """A further experiment, folded: `draw` runs only while it is open, which the link says. Its question is `further_<key>`.

    Where prose is hidden it is offered only if the link has it open. One that would answer questions of the page waits until
    all of these, `after` which it comes, have been answered.
    """
    opened = shared_params.further(navigation.here())
    if not extent.is_page() or (hides("prose") and key not in url_state.get(opened)):
        return

    def toggle(is_open: bool) -> None:
        rest = tuple(other for other in url_state.get(opened) if other != key)
        url_state.put(opened, (*rest, key)[-MOST_SECTIONS:] if is_open else rest)

    fold = url_state.control(
        st.expander,
        words.labels[f"further_{key}"],
        value=key in url_state.get(opened),
        then=toggle,
        key=f"further_{key}",
        icon=":material/science:",
    )
    if fold.open:
        with fold:
            if all(map(answered, after)):
                draw()
            else:
                st.caption(text("common").labels["further_after"])
