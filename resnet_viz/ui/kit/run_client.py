"""The engine that trains for this app, and how pages ask it for runs."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from resnet_viz.home_folder import home
from resnet_viz.jobs.fair_queue import TEACHERS
from resnet_viz.jobs.run_state import Right, RunView, key_of, nobodys
from resnet_viz.text import Lesson
from resnet_viz.training.experiment import Experiment
from resnet_viz.ui.classroom.classroom import digest
from resnet_viz.ui.classroom.take_home import RunOutcome
from resnet_viz.ui.kit.class_session import classroom, teaches
from resnet_viz.ui.kit.visitor import visitor
from resnet_viz.ui.kit.words import quoted, said
from resnet_viz.ui.live import CHANNEL
from resnet_viz.ui.live.runs import ALIVE, problem_code, standing, standing_of, tell_of
from resnet_viz.ui.server import at_end
from resnet_viz.ui.server.metrics import METER

if TYPE_CHECKING:
    from resnet_viz.jobs.engine import Engine
    from resnet_viz.jobs.shared_calls import Call, Progress, Studies

OPEN = (*ALIVE, "paused")
"""Statuses of runs that have more steps to come."""
SHORT = 200
"""Characters of a reason that are shown."""
_PROBLEM = "lab_problem"


@st.cache_resource(show_spinner=False)
def engine() -> Engine:
    """The one engine of this app."""
    from resnet_viz.jobs.engine import Engine
    from resnet_viz.jobs.store import Store

    made = Engine(Store(home() / "lab.sqlite"), address=os.environ.get("RESNET_VIZ_SCHEDULER", ""))
    made.prepare()
    at_end(made.close)
    tell_of(made, CHANNEL)
    METER.offer("runs", "gauge", "Runs that are kept, by how they stand", made.runs.by_status, "status")
    METER.offer("workers", "gauge", "Processes that train and measure", lambda: {"": made.count})
    return made


def look(calls: Sequence[Call]) -> Progress:
    """How far measurements are that the workers make for this session; they start where they have not."""
    return studies().look(calls, visitor(), TEACHERS if teaches() else 0)


def studies() -> Studies:
    """Measurements that the workers make for pages."""
    return engine().studies


def ask(runs: Sequence[Experiment], rank: int = 0, place: str = "") -> list[Experiment]:
    """Ask for runs; the ones that were taken. Why others were not is kept for `say_refused`. Only for what somebody presses."""
    taken = []
    for run in runs:
        try:
            engine().ask(run, TEACHERS if teaches() and not rank else rank, visitor())
        except ValueError as error:
            problem(error, place)
            break
        taken.append(run)
    return taken


def press(button: Callable[[str, str, Right], None], key: str) -> None:
    """What a button under a run does: one of the engine's `pause`, `resume`, `cancel`."""
    try:
        button(key, visitor(), right())
    except ValueError as error:
        problem(error)


def right() -> Right:
    """Over whose runs this session has a right: a teacher over those of the class."""
    found = classroom()
    if found is None or not teaches():
        return nobodys
    members = found.members
    return lambda owner: digest(owner) in members


def problem(error: Exception, place: str = "") -> None:
    """Keep what stood in the way for `say_refused` at this place of the page."""
    st.session_state[_PROBLEM + place] = error


def say_refused(words: Lesson, place: str = "") -> None:
    """What stood in the way of the last wish at this place."""
    if error := st.session_state.pop(_PROBLEM + place, None):
        st.warning(words.say("problem", problem=said(error).rstrip(".")), icon=":material/front_hand:")


def say_problem(words: Lesson) -> None:
    """What stood in the way of the last wish, and what is wrong with the cluster or the store."""
    say_refused(words)
    if wrong := engine().problem:
        st.warning(words.say("cluster", problem=problem_said(wrong)), icon=":material/cloud_off:")


def problem_said(wrong: Exception | str) -> str:
    """What is wrong, short and in this session's language; nothing in it counts as Markdown."""
    return said(wrong).rstrip(".") if isinstance(wrong, Exception) else quoted(wrong[:SHORT])


def views(runs: Sequence[Experiment]) -> list[RunView | None]:
    """How the runs stand; None for one that nobody has started here."""
    may = right()
    return [engine().view(key_of(run), visitor(), may) for run in runs]


def outcome_of(run: str) -> RunOutcome:
    """What became of the run of an experiment with this text, also where its pictures have gone."""
    view = engine().view(key_of(run))
    if view is None:
        return RunOutcome()
    result = view.run.result
    return RunOutcome(view.run.status, view.step, result.get("error", ""), result.get("test_error", ""))


def alive(found: Sequence[RunView | None]) -> bool:
    """Whether anything still waits or trains."""
    return any(view is not None and view.run.status in ALIVE for view in found)


def topics(found: Sequence[RunView | None], *, points: bool = True) -> dict[str, str]:
    """What the channel tells of these runs, and how it stands now: of all that somebody has started here and that may go on.

    With their `points` where steps are to come.
    """
    drawn = {}
    for view in found:
        if view and points and view.run.status in OPEN:
            drawn[f"run:{view.run.key}"] = standing_of(view)
        elif view and view.run.status != "done":
            drawn[f"stand:{view.run.key}"] = standing(view.run.status)
    return drawn | problem_topic() if drawn else {}


def problem_topic() -> dict[str, str]:
    """What the channel tells of the cluster's and the store's problems."""
    return {"engine:problem": problem_code(engine())}
