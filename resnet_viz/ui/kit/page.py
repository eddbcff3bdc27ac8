"""The frame that every lesson page shares: title and question, predict, badges, explain, downloads, notices."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import streamlit as st

from resnet_viz.refused import Coded
from resnet_viz.text import LANGUAGES, Lesson, lesson
from resnet_viz.ui.components.language import set_page_language
from resnet_viz.ui.kit import url_state
from resnet_viz.ui.kit.shared_params import LANGUAGE

_BADGES = {
    "measured": ("green", ":material/speed:"),
    "recorded": ("blue", ":material/history:"),
    "cited": ("gray", ":material/menu_book:"),
}


def text(name: str) -> Lesson:
    """The text of a file in this session's language."""
    return lesson(name, url_state.get(LANGUAGE))


def open_page(name: str) -> Lesson:
    """Draw a page's head: its title, its question and the language switch."""
    words, common = text(name), text("common")
    set_page_language(url_state.get(LANGUAGE))
    left, right = st.columns([5, 1], vertical_alignment="top")
    with left:
        st.title(words.title, anchor=False)
        st.container(key="question").markdown(words.question)
    with right, st.container(horizontal_alignment="right"):
        url_state.view(
            st.segmented_control,
            common.labels["language"],
            of=LANGUAGE,
            format_func=LANGUAGES.__getitem__,
            label_visibility="collapsed",
        )
    return words


def show_notices() -> None:
    """What of the link could not be used, each once."""
    for parameter, problem in url_state.notices():
        st.warning(text("common").say("bad_link", parameter=parameter, problem=said(problem)), icon=":material/link_off:")
    if url_state.notices():
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


def badge(kind: str, note: str = "") -> None:
    """Where the numbers of a picture come from: `measured`, `recorded` or `cited`."""
    colour, icon = _BADGES[kind]
    st.badge(text("common").labels[kind] + (f" · {note}" if note else ""), icon=icon, color=colour)  # type: ignore[arg-type]


class Question(NamedTuple):
    """What a prediction is held against: the index of the right option and the sentence with the measurement."""

    answer: int
    because: str


def predict(measure: Callable[[], Question], ask: str, options: Sequence[str], key: str) -> None:
    """Ask before showing. `measure` runs only once somebody has answered; leaving the question alone is fine."""
    with st.container(border=True, key=f"predict_{key}"):
        chosen = st.pills(
            f"**{text('common').labels['predict']}** {ask}",
            range(len(options)),
            format_func=lambda option: options[option],
            key=f"w_predict_{key}",
            persist_state="session",
        )
        if chosen is None:
            return
        with sentence_instead():
            found = measure()
            right = chosen == found.answer
            (st.success if right else st.info)(found.because, icon=":material/check_circle:" if right else ":material/lightbulb:")


def explain(words: Lesson, *keys: str) -> None:
    """The prose of a page, section by section; the first line of a section is its heading."""
    for key in keys:
        st.markdown(words.sections[key])


class Download(NamedTuple):
    """One file on offer."""

    label: str
    name: str
    mime: str
    make: Callable[[], str | bytes]
    """Runs when the file is asked for, on a thread that has no session: what the session says is read before and handed over."""


def downloads(files: Sequence[Download], key: str) -> None:
    """A row of download buttons."""
    with st.container(horizontal=True):
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


def show_failure(error: Exception) -> None:
    """What a user sees when a page fails: one sentence, and nothing is lost. It names what is wrong where that is known."""
    try:
        language = url_state.get(LANGUAGE)
    except KeyError:  # the session has no link yet
        language = LANGUAGE.default
    message = said(error, language) if isinstance(error, Coded) else lesson("common", language).labels["failure"]
    st.error(message, icon=":material/sentiment_dissatisfied:")


@contextmanager
def sentence_instead() -> Iterator[None]:
    """Around a section: where weights or what is known of them are damaged, or numbers are none, it ends with the sentence that
    says so, and the rest of the page goes on."""
    try:
        yield
    except Coded as problem:
        st.warning(said(problem), icon=":material/broken_image:")


def big(value: float, digits: int = 1) -> str:
    """A count in the largest unit that leaves a digit before the point: 25.6 M, 4.1 G.

    >>> big(25557032), big(4089184256), big(950)
    ('25.6 M', '4.1 G', '950')
    """
    for unit, size in (("T", 1e12), ("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if abs(value) >= size:
            return f"{value / size:.{digits}f} {unit}"
    return f"{value:.0f}"


_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def scientific(value: float) -> str:
    """Two digits, with a power of ten where they would need many zeros.

    >>> scientific(0.00123), scientific(42.4), scientific(0)
    ('1.2·10⁻³', '42', '0')
    """
    if value == 0 or 0.01 <= abs(value) < 1000:
        return f"{value:.2g}"
    digits, power = f"{value:.1e}".split("e")
    return f"{digits}·10{str(int(power)).translate(_RAISED)}"


def factor(value: float) -> str:
    """How many times as large, as one would say it.

    >>> factor(1243.2), factor(3.14), factor(0.0123)
    ('1,200', '3.1', '1/81')
    """
    if not value > 0:
        return "0"
    large = max(value, 1 / value)
    shown = f"{large:.1f}" if large < 10 else f"{float(f'{large:.2g}'):,.0f}" if large < 1e6 else scientific(large)
    return shown if value >= 1 else f"1/{shown}"


def mebibytes(count: float) -> str:
    """Bytes as MiB.

    >>> mebibytes(3 * 2**20)
    '3.0 MiB'
    """
    return f"{count / 2**20:.1f} MiB"


def shape_text(shape: Sequence[Any]) -> str:
    """(64, 56, 56) as 64×56×56."""
    return "×".join(map(str, shape))
