"""The frame that every page shares: its head in one line, and at its foot what to take away and what comes next."""

from __future__ import annotations

from html import escape
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from resnet_viz.text import LANGUAGES, Lesson
from resnet_viz.ui.components.language import PageWays, set_page_language
from resnet_viz.ui.components.share import Framed, share
from resnet_viz.ui.components.take import take_pictures
from resnet_viz.ui.kit import classroom, extent, left_running, navigation, prediction, prose, url_state
from resnet_viz.ui.kit.class_session import hides
from resnet_viz.ui.kit.course import COURSE, LessonPlace, after, place_of
from resnet_viz.ui.kit.shared_params import LANGUAGE, SHEET
from resnet_viz.ui.kit.words import text
from resnet_viz.ui.server.addresses import base_path
from resnet_viz.ui.server.headers import frame_ancestors
from resnet_viz.ui.server.qr import QR, code_address

_NO_CONTROLS = "<style>:is([class*='st-key-picture_'], [class*='st-key-figure_']) { --rv-controls: hidden }</style>"
"""What is pressed inside a picture is hidden too; `components/shared/base.css` has the other half."""


def open_page(name: str) -> Lesson:
    """Draw a page's head: number, title and question at the left, minutes and language at the right. Returns the page's words."""
    words, common, place = text(name), text("common"), place_of(name)
    title = f"{place.number} {words.title} · {common.title}" if place else common.title
    st.set_page_config(page_title=title)
    inputs = {kind: common.labels[f"input_{kind}"] for kind in ("apply", "submit", "range")}
    set_page_language(url_state.get(LANGUAGE), common.labels["upload"], inputs, _ways(common) if extent.is_page() else None)
    take_pictures(common.title)
    extent.dress()
    prediction.start()
    prose.start()
    if hides("controls"):
        st.html(_NO_CONTROLS)
    if extent.sheet():
        _sheet_head(name)
    elif extent.is_page():
        _head(name)
        left_running.show(name)
    return words


def _ways(common: Lesson) -> PageWays:
    skip = {kind: common.labels[f"skip_{kind}"] for kind in ("question", "picture", "page")}
    navigation = {kind: common.labels[f"navigation_{kind}"] for kind in ("pages", "more")}
    return PageWays(skip=skip, below=common.labels["question_below"], navigation=navigation)


def _head(name: str) -> None:
    words, common, place = text(name), text("common"), place_of(name)
    with st.container(key="head", horizontal=True, vertical_alignment="center", gap="medium"):
        st.title(f":gray[{place.number}]\u2002{words.title}" if place else words.title, anchor=False, width="content")
        st.container(key="question", width="stretch").markdown(words.question)
        with st.container(key="tools", horizontal=True, vertical_alignment="center", width="content", gap="small"):
            if place:
                st.caption(common.say("minutes", minutes=place.minutes), width="content")
            url_state.view(
                st.segmented_control,
                common.labels["language"],
                of=LANGUAGE,
                format_func=LANGUAGES.__getitem__,
                label_visibility="collapsed",
                width="content",
            )
            classroom.tools()
            _share(name, place)


def _share(name: str, place: LessonPlace | None) -> None:
    """What leads to this view from elsewhere, drawn once somebody asks for it."""
    common = text("common").labels
    fold = st.popover(common["share"], icon=":material/qr_code_2:", type="tertiary", key="w_share", on_change="rerun")
    if fold.open:
        with fold:
            share(f"{base_path()}{QR}", common, framed=framed(name), key="share")
            if place:
                for sheet in SHEET.options[1:]:
                    sheet_link(place, sheet)


def framed(name: str) -> Framed:
    """Whether other sites may show a picture of this page: home and the lessons have one."""
    if name != "home" and place_of(name) is None:
        return ""
    return "embed" if frame_ancestors() else "refused"


def _sheet_head(name: str) -> None:
    """Of a sheet of paper: what it is, the question, whose it is, and the code of the lesson."""
    words, common, place = text(name), text("common"), place_of(name)
    with st.container(key="head", horizontal=True, vertical_alignment="top", gap="medium"):
        with st.container(width="stretch"):
            st.title(f":gray[{place.number}]\u2002{words.title}" if place else words.title, anchor=False)
            st.markdown(words.question)
            if place:
                st.caption(common.labels["sheet_name" if extent.sheet() == "worksheet" else "sheet_answers"])
        if place:
            code = code_address(f"{base_path()}/{name}?lang={url_state.get(LANGUAGE)}")
            st.html(f"<img class='rv-qr' src='{code}' alt='{escape(words.title)}'>", width="content")
    st.html(f"<p class='rv-screen-only'>{escape(common.labels['sheet_print'])}</p>")


def sheet_link(place: LessonPlace, sheet: str) -> None:
    """A link to a lesson's sheet of paper, which opens beside the page."""
    link = urlencode({"lang": url_state.get(LANGUAGE), SHEET.name: sheet, **extent.PAPER})
    label = text("common").labels[f"sheet_{sheet}_link"]
    st.link_button(label, f"{base_path()}/{place.name}?{link}", icon=":material/print:", type="tertiary")


def stage(key: str, *, wide: bool = False) -> tuple[Any, Any]:
    """A place for a picture and, beside it, one for its controls, each a container; on a phone one below the other.

    The picture stays in view while controls further down are used, and a question asked in it lies over it (`prediction`).
    A `wide` picture takes the whole width and has its controls below.
    """
    if wide or hides("controls"):
        with st.container(key=f"stage_wide_{key}"):
            return st.container(key=f"picture_{key}"), st.container(key=f"{'hidden_' if hides('controls') else ''}panel_{key}")
    with st.container(key=f"stage_{key}"):
        left, right = st.columns([72, 28], gap="medium")
    return left.container(key=f"picture_{key}"), right.container(key=f"panel_{key}")


def close_page(name: str) -> None:
    """Draw a page's foot: the one sentence to take away once all is answered, how far one is, and the next lesson."""
    words, common, place, following = text(name), text("common"), place_of(name), after(name)
    if extent.sheet() and place:
        _sheet_foot(words)
    if not extent.is_page():
        return
    with st.container(key="foot", border=True):
        if place:
            told = common.labels["take_away_after"] if prediction.any_open() else words.sections["take_away"]
            st.markdown(common.say("take_away", sentence=told))
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            if place:
                st.caption(common.say("place", number=place.number, all=COURSE[-1].number), width="content")
            if following:
                lesson_link(following, "next" if place else "first")


def _sheet_foot(words: Lesson) -> None:
    common = text("common")
    with st.container(key="foot", border=True):
        if extent.sheet() == "answers":
            st.markdown(common.say("take_away", sentence=words.sections["take_away"]))
        else:
            st.markdown(f"**{common.labels['sheet_take_away']}**")
            st.html(prediction.LINES)


def lesson_link(place: LessonPlace, said: str, words: Lesson | None = None) -> None:
    """A link that leads on to a lesson; `said` is the label that names its number and title: `first`, `next` or a page's own."""
    label = (words or text("common")).say(said, number=place.number, title=text(place.name).title)
    st.page_link(navigation.page(place.name), label=label, icon=":material/arrow_forward:", icon_position="right")
