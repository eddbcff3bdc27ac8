"""A question in a class, as this session sees it: how it stands, who has said what, and what is drawn beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal

import streamlit as st

from resnet_viz.ui.classroom.classroom import Classroom
from resnet_viz.ui.classroom.here import classes
from resnet_viz.ui.classroom.news import CLASS, DESK
from resnet_viz.ui.classroom.poll import MOST_ROUNDS, Poll, Wording
from resnet_viz.ui.components.class_bars import class_bars
from resnet_viz.ui.kit import live
from resnet_viz.ui.kit.class_session import act, classroom, hides, me, place, teaches
from resnet_viz.ui.kit.words import text

Standing = Literal["alone", "free", "asked", "revealed"]


def standing(key: str) -> Standing:
    """How the page's question `key` stands for this session."""
    return poll(key).state if classroom() else "alone"


def poll(key: str) -> Poll:
    """The question in this session's class."""
    found = classroom()
    return found.poll(question(key)) if found else Poll()


def question(key: str) -> str:
    """Its name in the class."""
    return f"{place().page}.{key}"


def vote_of(key: str) -> int | None:
    """What this member has said in the round that goes on; None for the teacher, and for somebody who is alone."""
    votes = {} if teaches() else poll(key).votes
    return votes.get(me()) if votes else None


def vote(key: str, option: int) -> None:
    """Count what a member says, where it counts."""
    if classroom() and not teaches():
        classes().vote(place().code, question(key), me(), option)


def remembered_as(key: str) -> str:
    """Where the session keeps what was said to it: anew in each class, and once the teacher has begun the question anew."""
    return f"answer_{place().code}.{poll(key).resets}_{key}" if classroom() else f"answer_{key}"


def keep_for_later(key: str, said: int | None) -> None:
    """What is said in a class, or seen once it is revealed, stays with the session when the class is over."""
    if classroom():
        st.session_state[f"answer_{key}"] = said


def is_held(key: str, state: Standing | None = None) -> bool:
    """Whether an answer is taken and its result is not shown yet: a student has to wait for the teacher's reveal. `state` is how
    the question stands, where that is known."""
    state = state or standing(key)
    return state == "asked" or (state != "revealed" and hides("answers"))


# What is drawn


def head(key: str) -> str | None:
    """What stands over a question that the class is asked, for its teacher and for members; None over any other."""
    now, words = poll(key), text("classroom")
    if now.state != "asked":
        return None
    return words.say("asked_again", number=len(now.rounds)) if len(now.rounds) > 1 else words.labels["asked"]


def answer_is_in(key: str, option: str | None) -> None:
    """In place of a result: one's answer, None of somebody who has looked before, and how many have given theirs."""
    words = text("classroom")
    said = words.labels["looked"] if option is None else words.say("answer_in", option=option)
    st.markdown(f":material/{'visibility' if option is None else 'check_circle'}: **{said}**")
    if standing(key) == "asked":
        of_the_class(key, [], None, None)
    st.caption(words.labels["result_later"])


def of_the_class(key: str, options: Sequence[str], right: int | None, own: int | None) -> None:
    """The class's answers as bars, a row an option, a bar a round."""
    found = classroom()
    if found is None:
        return
    topic = f"{DESK}:{found.code}" if teaches() else f"{CLASS}:{found.code}-{place().page}"
    live.follow([topic])
    now, name = poll(key), question(key)
    class_bars(
        topic=topic,
        question=name,
        options=options,
        right=right,
        own=own,
        counts=now.counts() if options else (),
        answered=now.answered,
        expected=found.expected(name, classes().now()),
        words=text("classroom").labels,
        key=f"class_bars_{key}",
    )


def is_shown_to_teacher(key: str) -> bool:
    """Whether this session is a teacher's that sees answers come in."""
    return teaches() and standing(key) == "asked"


def desk(key: str, ask: str, options: Sequence[str]) -> None:
    """The teacher's row under a question; for anybody else nothing."""
    if teaches():
        now = poll(key)
        with st.container(key=f"desk_{key}"):
            buttons(question(key), now, Wording(ask, tuple(options), now.wording.right))


def buttons(name: str, now: Poll, wording: Wording) -> None:
    """What a teacher may do with a question, `page.key`, that stands so: ask the class, reveal, vote again, begin anew."""
    words = text("classroom")
    offered: list[tuple[str, str, Callable[[Poll], Poll]]] = []
    if now.state == "free":
        offered.append(("ask_class", ":material/front_hand:", lambda old: old.worded(wording).asked()))
    if now.state == "asked":
        offered.append(("reveal", ":material/visibility:", Poll.revealed))
    if now.state != "free" and len(now.rounds) < MOST_ROUNDS:
        offered.append(("vote_again", ":material/repeat:", Poll.asked))
    if now.votes or now.state != "free":
        offered.append(("begin_anew", ":material/restart_alt:", Poll.reset))
    with st.container(horizontal=True, vertical_alignment="center"):
        for key, icon, change in offered:
            kind: Literal["primary", "tertiary"] = "primary" if key == offered[0][0] else "tertiary"
            st.button(words.labels[key], key=f"w_{key}_{name}", icon=icon, type=kind, on_click=set_poll, args=(name, change))
        if now.state == "free":
            st.caption(words.say("answers_so_far", count=now.answered), width="content")


def set_poll(name: str, change: Callable[[Poll], Poll]) -> None:
    """What a teacher makes of a question, `page.key`."""
    act(partial(_with_poll, name, change), name.partition(".")[0])


def note_right(key: str, ask: str, options: Sequence[str], right: int) -> None:
    """Once the teacher's page has measured what is right, the class's table knows it."""
    wording = Wording(ask, tuple(options), right)
    if teaches() and poll(key).worded(wording) is not poll(key) and not poll(key).is_untouched:
        set_poll(question(key), lambda old: old.worded(wording))


def _with_poll(name: str, change: Callable[[Poll], Poll], found: Classroom) -> Classroom:
    return found.with_poll(name, change(found.poll(name)))
