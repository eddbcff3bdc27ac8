"""What a page says: texts in this session's language, what is wrong in a sentence, and what others wrote as code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from resnet_viz.refused import Coded
from resnet_viz.text import Lesson, lesson
from resnet_viz.ui.kit import url_state
from resnet_viz.ui.kit.shared_params import LANGUAGE


def text(name: str) -> Lesson:
    """The text of a file in this session's language."""
    return lesson(name, url_state.get(LANGUAGE))


def show_notices() -> None:
    """What of the link could not be used, each once."""
    if notices := url_state.notices():
        say = text("common").say
        sentences = [say("bad_link", parameter=name, problem=said(problem)) for name, problem in notices]
        st.warning("\n\n".join(sentences), icon=":material/link_off:")
        url_state.dismiss_notices()


def said(problem: Exception, language: str = "") -> str:
    """A problem in this session's language where there are words for it, as Markdown; nothing foreign in it counts as such."""
    if isinstance(problem, Coded):
        return problem.said(language or url_state.get(LANGUAGE), quoted)
    return quoted(str(problem))


def quoted(foreign: str) -> str:
    """A text that others wrote (of a link, an error, a file) as Markdown that shows it letter by letter, in one line.

    In code Streamlit leaves all but `:material/…:` and `:streamlit:` as it is, which get a joiner without width; elsewhere a
    backslash stops neither `www.…` nor `:smile:`.

    >>> quoted("a :red[b]"), quoted("back`tick")
    ('`a :red[b]`', '`` back`tick ``')
    """
    line = " ".join("".join(c if c.isprintable() else " " for c in foreign).split())
    line = re.sub(r":(?=material/|streamlit)", ":\u2060", line)
    longest = max(map(len, re.findall("`+", line)), default=0)
    fence, gap = "`" * (longest + 1), " " if longest else ""
    return f"{fence}{gap}{line or '…'}{gap}{fence}"


FAILURE_ICON = ":material/sentiment_dissatisfied:"
"""What stands before a sentence about this app's own failure, and before no other."""


def show_failure(error: Exception) -> None:
    """What a user sees when a page fails: one sentence, and nothing is lost. It names what is wrong where that is known."""
    try:
        language = url_state.get(LANGUAGE)
    except KeyError:  # the session has no link yet
        language = LANGUAGE.default
    message = said(error, language) if isinstance(error, Coded) else lesson("common", language).labels["failure"]
    st.error(message, icon=FAILURE_ICON)


@contextmanager
def sentence_instead() -> Iterator[None]:
    """Around a section: where weights or what is known of them are damaged, or numbers are none, it ends with the sentence that
    says so, and the rest of the page goes on."""
    try:
        yield
    except Coded as problem:
        st.warning(said(problem), icon=":material/broken_image:")
