"""Whether this session is in a class, and as whom: its teacher has a key in a cookie, a member is known by the browser's name."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

from resnet_viz.refused import Refused
from resnet_viz.ui import streamlit_internals
from resnet_viz.ui.classroom.classroom import Classroom, digest
from resnet_viz.ui.classroom.here import classes
from resnet_viz.ui.classroom.news import class_status, desk_status
from resnet_viz.ui.classroom.register import Change
from resnet_viz.ui.classroom.replica import check_here
from resnet_viz.ui.classroom.route import TEACHER_COOKIE
from resnet_viz.ui.kit import extent, url_state
from resnet_viz.ui.kit.shared_params import CLASS, HIDE
from resnet_viz.ui.kit.visitor import visitor

_PLACE, _PROBLEM, _PRESENTS = "class_place", "class_problem", "class_presents"


class Place(NamedTuple):
    """Where this run of the page takes place."""

    page: str = ""
    code: str = ""
    """The class's; empty for somebody who is alone."""
    teaches: bool = False
    status: str = ""
    """How the class stood when the run began: what the page is drawn by."""


def start(page: str) -> None:
    """At the start of a run, once its link is read: find the class of this session, or join the one that the link names."""
    before, wanted = place(), url_state.get(CLASS)
    url_state.put(CLASS, "")  # a link that is passed on invites nobody
    if not extent.is_page():  # a sheet of paper is everybody's, a figure in another site's page nobody's
        _put(Place(page))
        return
    if taught := classes().taught_by(key()):
        _put(Place(page, taught.code, True, desk_status(taught)))
        return
    if wanted:
        try:
            join(wanted, page)
        except Refused as error:
            problem(error)
    if joined := classes().joined_by(me()):
        _put(Place(page, joined.code, False, class_status(joined, page)))
        classes().heard(joined.code, me(), page)
        return
    _put(Place(page))
    if before.code:
        problem(Refused("class_over"))


def place() -> Place:
    """Where this session is: asked two hundred times in a run."""
    kept = streamlit_internals.kept_with_this_run()
    if _PLACE not in kept:
        kept[_PLACE] = st.session_state.get(_PLACE, Place())
    found: Place = kept[_PLACE]
    return found


def _put(now: Place) -> None:
    st.session_state[_PLACE] = streamlit_internals.kept_with_this_run()[_PLACE] = now


def on_the_way_to(page: str) -> None:
    """From here on this session counts as there: what is pressed before that page's run has begun starts from it."""
    _put(place()._replace(page=page))


def classroom() -> Classroom | None:
    """The class of this session as it is now; None for somebody who is alone."""
    return classes().find(place().code)


def teaches() -> bool:
    """Whether this session is the teacher's. What it may do is asked again when it does it."""
    return place().teaches and classroom() is not None


def hides(what: str) -> bool:
    """Whether this view leaves out `controls`, `answers` or `prose`: by its link, on a projector, or for a class's members."""
    found = classroom()
    of_the_class = found is not None and not place().teaches and what in found.hidden
    return of_the_class or what in url_state.get(HIDE) or (what == "prose" and presents())


def presents() -> bool:
    """Whether this session is on a projector: larger, without prose, led by the keys of a remote."""
    return bool(st.session_state.get(_PRESENTS)) and teaches()


def present(wanted: bool) -> None:
    """Go on a projector, or leave it."""
    st.session_state[_PRESENTS] = wanted


def key() -> str:
    """The teacher's key that this session's browser holds."""
    return str(st.context.cookies.get(TEACHER_COOKIE, ""))


def me() -> str:
    """What the class knows of this session's browser."""
    return digest(visitor())


def join(code: str, page: str = "") -> None:
    """Join a class. Raises `Refused`."""
    check_here(code)
    classes().join(code, me(), page or place().page)


def leave() -> None:
    """Leave the class."""
    classes().leave(me())
    _put(place()._replace(code=""))


def act(change: Change, page: str = "") -> None:
    """What a teacher does. The register asks for the key each time; why it refused is kept for the page."""
    try:
        classes().act(place().code, key(), change, page)
    except Refused as error:
        problem(error)


def problem(error: Refused) -> None:
    """Keep what stood in the way until the page is drawn; what came of it is no news then."""
    st.session_state.setdefault(_PROBLEM, error)


def problem_once() -> Refused | None:
    """What stood in the way, once."""
    found: Refused | None = st.session_state.pop(_PROBLEM, None)
    return found
