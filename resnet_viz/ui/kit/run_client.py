"""The engine that trains for this app, and how pages ask it for runs."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from resnet_viz.home_folder import home
from resnet_viz.jobs.run_state import RunView, key_of
from resnet_viz.text import Lesson
from resnet_viz.training.experiment import Experiment
from resnet_viz.ui.kit.visitor import visitor
from resnet_viz.ui.kit.words import quoted, said
from resnet_viz.ui.live import CHANNEL
from resnet_viz.ui.live.runs import run_source
from resnet_viz.ui.server import at_end
from resnet_viz.ui.streamlit_internals import session_of_this_run

if TYPE_CHECKING:
    from resnet_viz.jobs.engine import Engine
    from resnet_viz.jobs.shared_calls import Call, Progress, Studies

POLL = 0.2
"""Seconds between two looks at a run that trains, where few watch."""
LOOK = 0.03
"""Seconds of one core that a look takes: a class that watches shares them."""
RECENT = 3.0
"""Seconds for which somebody who has looked counts as watching."""
SHORT = 200
"""Characters of a reason that are shown."""
_PROBLEM = "lab_problem"
_ALIVE = "lab_alive"


@st.cache_resource(show_spinner=False)
def engine() -> Engine:
    """The one engine of this app."""
    from resnet_viz.jobs.engine import Engine
    from resnet_viz.jobs.store import Store

    made = Engine(Store(home() / "lab.sqlite"), address=os.environ.get("RESNET_VIZ_SCHEDULER", ""))
    made.prepare()
    at_end(made.close)
    made.news(lambda key: CHANNEL.changed(f"run:{key}"))
    CHANNEL.offer("run", run_source(made), made.watch)
    return made


def look(calls: Sequence[Call]) -> Progress:
    """How far measurements are that the workers make for this session; they start where they have not."""
    return studies().look(calls, visitor())


def studies() -> Studies:
    """Measurements that the workers make for pages."""
    return engine().studies


def ask(runs: Sequence[Experiment], rank: int = 0) -> list[Experiment]:
    """Ask for runs; the ones that were taken. Why others were not is kept for `say_problem`. Only for what somebody presses."""
    taken = []
    for run in runs:
        try:
            engine().ask(run, rank, visitor())
        except ValueError as error:
            problem(error)
            break
        taken.append(run)
    return taken


def press(button: Callable[[str, str], None], key: str) -> None:
    """What a button under a run does: one of the engine's `pause`, `resume`, `cancel`."""
    try:
        button(key, visitor())
    except ValueError as error:
        problem(error)


def problem(error: Exception) -> None:
    """Keep what stood in the way for `say_problem`."""
    st.session_state[_PROBLEM] = error


def say_problem(words: Lesson) -> None:
    """What stood in the way of the last wish, and what is wrong with the cluster or the store."""
    if error := st.session_state.pop(_PROBLEM, None):
        st.warning(words.say("problem", problem=said(error).rstrip(".")), icon=":material/front_hand:")
    if wrong := engine().problem:
        st.warning(words.say("cluster", problem=problem_said(wrong)), icon=":material/cloud_off:")


def problem_said(wrong: Exception | str) -> str:
    """What is wrong, short and in this session's language; nothing in it counts as Markdown."""
    return said(wrong).rstrip(".") if isinstance(wrong, Exception) else quoted(wrong[:SHORT])


def views(runs: Sequence[Experiment]) -> list[RunView | None]:
    """How the runs stand; None for one that nobody has started here."""
    return [engine().view(key_of(run), visitor()) for run in runs]


def alive(found: Sequence[RunView | None]) -> bool:
    """Whether anything still waits or trains."""
    return any(view is not None and view.run.status in ("waiting", "running") for view in found)


_looked: dict[str, float] = {}


def _interval() -> float:
    """Seconds between two looks, so that all who watch now take about one core together."""
    now = time.monotonic()
    _looked[session_of_this_run()] = now
    for session, at in list(_looked.items()):
        if now - at > RECENT:
            _looked.pop(session, None)
    return max(POLL, round(LOOK * len(_looked), 1))


def clocked(name: str, is_alive: bool) -> float | None:
    """The clock of a fragment that shows runs: `run_every`. `settled` stops it."""
    pace = _interval() if is_alive else None
    st.session_state[f"{_ALIVE}_{name}"] = pace
    return pace


def settled(name: str, is_alive: bool) -> None:
    """At the end of a fragment: run the whole page once more where its clock should start (a run was started in the fragment),
    stop (the last run has ended) or go at another pace (many have come or gone)."""
    pace: float | None = st.session_state.get(f"{_ALIVE}_{name}") or None
    if bool(pace) != is_alive or (pace and not pace / 2 < _interval() < 2 * pace):
        st.session_state[f"{_ALIVE}_{name}"] = False
        st.rerun()
