"""What a page's frame has of a class: its code and tools in the head, and the note that leads to where the teacher is."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

import streamlit as st

from resnet_viz.refused import Refused
from resnet_viz.ui.classroom.classroom import HIDEABLE, Classroom, read_code
from resnet_viz.ui.classroom.here import classes
from resnet_viz.ui.classroom.news import CLASS, DESK
from resnet_viz.ui.components.class_note import class_note
from resnet_viz.ui.components.remote import remote
from resnet_viz.ui.kit import class_session, live, navigation, url_state
from resnet_viz.ui.kit.class_session import classroom, me, place, presents, teaches
from resnet_viz.ui.kit.course import place_of
from resnet_viz.ui.kit.navigation import PAGES
from resnet_viz.ui.kit.shared_params import LANGUAGE, TOUR
from resnet_viz.ui.kit.turns import drawing
from resnet_viz.ui.kit.words import said, text
from resnet_viz.ui.server.addresses import base_path

_GO, _STEP = "class_go", "class_step"
_LEFT_OUT = (LANGUAGE.name, TOUR.name, "hide", "class")
"""What of the teacher's link is not the view: everybody keeps their own language."""


def go() -> None:
    """At the start of a run: open the view to which somebody wants to go; the run ends with it."""
    found, step = classroom(), st.session_state.pop(_STEP, 0)
    if st.session_state.pop(_GO, False) and found and found.view.page in PAGES:
        _open(found.view.page, dict(parse_qsl(found.view.link, keep_blank_values=True)))
    elif step and place().page in PAGES:
        at = PAGES.index(place().page) + step
        if 0 <= at < len(PAGES):
            class_session.on_the_way_to(PAGES[at])
            _open(PAGES[at], {})


def _open(page: str, link: dict[str, str]) -> None:
    url_state.open_by_link()
    drawing.leave()  # Streamlit sleeps before it opens a page: a class that is brought somewhere would do so one by one
    st.switch_page(navigation.page(page), query_params={**link, LANGUAGE.name: url_state.get(LANGUAGE)})


def show_problem() -> None:
    """What stood in the way of the last wish, in a sentence."""
    if problem := class_session.problem_once():
        _say_problem(problem)


def _say_problem(problem: Refused) -> None:
    words = text("classroom")
    label = "over" if problem.code == "class_over" else "problem"  # that a class is over has stood in the way of nothing
    st.warning(words.say(label, problem=said(problem)), icon=":material/front_hand:")
    if problem.code == "class_elsewhere":
        there = f"{base_path()}/?{urlencode({'class': problem.values['given'], LANGUAGE.name: url_state.get(LANGUAGE)})}"
        st.link_button(words.labels["open_elsewhere"], there, icon=":material/open_in_new:")


def tools() -> None:
    """In the head: the class's code, with what its teacher or a member may do once they open it; for who is alone nothing."""
    found, words = classroom(), text("classroom").labels
    if found is None or (place().page == "teach" and not teaches()):  # where a member has the same on the page
        return
    with st.container(key="class_tools", horizontal=True, vertical_alignment="center", width="content", gap="small"):
        if teaches() and place_of(place().page):
            st.button(words["bring"], key="w_bring", icon=":material/place:", help=words["bring_help"], on_click=_bring)
        fold = st.popover(found.code, icon=":material/groups:", type="tertiary", key="w_class_code", on_change="rerun")
        if fold.open:
            with fold:
                _teacher(found) if teaches() else member(found)


def _teacher(found: Classroom) -> None:
    words = text("classroom").labels
    st.page_link(navigation.page("teach"), label=words["to_teach"], icon=":material/school:")
    url_state.control(
        st.pills,
        words["hide"],
        HIDEABLE,
        value=list(found.hidden),
        then=lambda wanted: class_session.act(lambda now: now.hiding(wanted)),
        key="class_hide",
        selection_mode="multi",
        format_func=url_state.labels(words, "hide_"),
    )
    url_state.control(st.toggle, words["present"], value=presents(), then=class_session.present, key="class_present")
    st.caption(words["present_help"])


def member(found: Classroom) -> None:
    """What a member may choose; nothing for somebody who has left in another tab meanwhile."""
    words, own = text("classroom").labels, found.members.get(me())
    if own is None:
        return
    st.markdown(f"**{text('classroom').say('in_class', code=found.code)}**")
    url_state.control(
        st.toggle,
        words["follow"],
        value=own.follows,
        then=lambda wanted: classes().note(found.code, me(), follows=wanted),
        key="class_follow",
    )
    st.caption(words["stored"])
    st.button(words["leave"], key="w_class_leave", icon=":material/close:", on_click=class_session.leave)


def join_form(key: str) -> None:
    """Where somebody who is alone types a class's code."""
    words = text("classroom").labels
    with st.form(f"join_{key}", border=False):
        typed = st.text_input(words["code"], key=f"w_join_{key}", max_chars=12, placeholder="K39TA")
        if st.form_submit_button(words["join"], icon=":material/arrow_forward:", type="primary"):
            _join(typed)


def join_button() -> None:
    """The same, folded, where somebody is alone; once it has led into a class, a member reads in its place that it has."""
    words, found = text("classroom"), classroom()
    if found is None:
        with st.popover(words.labels["join_a_class"], icon=":material/groups:"):
            join_form("home")
    elif not teaches():
        st.markdown(f":green[:material/check_circle:] {words.say('in_class', code=found.code)}")


def _join(typed: str) -> None:
    """Join; what stands in the way is said under the field, where one is looking."""
    try:
        class_session.join(read_code(typed))
    except Refused as error:
        _say_problem(error)
    else:
        st.rerun()


def _step(by: int) -> None:
    st.session_state[_STEP] = st.session_state.get(_STEP, 0) + by


def note(page: str) -> None:
    """At the end of a run, once its link is written: follow what the class is told, and lead members to their teacher."""
    found, words = classroom(), text("classroom").labels
    if not place().code:
        return
    topic = f"{DESK}:{place().code}" if place().teaches else f"{CLASS}:{place().code}-{page}"
    live.rerun_when("class", {topic: place().status})
    if presents():
        st.html("<style>html { font-size: 122% } .st-key-foot, .stAppHeader { zoom: 0.85 }</style>")
        if not url_state.get(TOUR):
            remote(key="class_remote", on_step=_step)
    if found and not teaches() and me() in found.members:
        own = found.members[me()]
        titles = {name: text(name).title for name in PAGES}
        class_note(
            topic=topic,
            page=page,
            link=_view_link(),
            view=own.view,
            follows=own.follows,
            titles=titles,
            words=words,
            key="class_note",
            on_go=_go,
            on_stay=_stay,
        )


def _bring() -> None:
    """Bring everybody to what is on the teacher's screen, and say how many are told."""
    page, link, before = place().page, _view_link(), classroom()
    class_session.act(lambda found: found.brought(page, link))
    found, words = classroom(), text("classroom")
    if found and found != before:
        count = len(found.present(classes().now()))
        st.toast(words.say("brought", count=count) if count else words.labels["brought_nobody"], icon=":material/place:")


def _view_link() -> str:
    return urlencode({name: value for name, value in url_state.saved().items() if name not in _LEFT_OUT})


def _go(number: int) -> None:
    _stay(number)
    st.session_state[_GO] = True


def _stay(number: int) -> None:
    classes().note(place().code, me(), view=number)
