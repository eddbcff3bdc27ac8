"""The engine that trains for this app, and how pages ask it for runs."""

from __future__ import annotations

import atexit
import os
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from resnet_viz.home_folder import home
from resnet_viz.text import Lesson
from resnet_viz.training.experiment import Experiment
from resnet_viz.ui.kit.page import quoted, said

if TYPE_CHECKING:
    from resnet_viz.jobs.engine import Engine, View
    from resnet_viz.jobs.shared_calls import Studies

POLL = 0.2
"""Seconds between two looks at a run that trains, where few watch."""
LOOK = 0.03
"""Seconds of one core that a look takes: a class that watches shares them."""
RECENT = 3.0
"""Seconds for which somebody who has looked counts as watching."""
_PROBLEM = "lab_problem"
_ALIVE = "lab_alive"


@st.cache_resource(show_spinner=False)
def engine() -> Engine:
    """The one engine of this app."""
    from resnet_viz.jobs.engine import Engine
    from resnet_viz.jobs.store import Store

    made = Engine(Store(home() / "lab.sqlite"), address=os.environ.get("RESNET_VIZ_SCHEDULER", ""))
    made.prepare()
    atexit.register(made.close)
    return made


def studies() -> Studies:
    """Measurements that the workers make for pages."""
    return engine().studies


def ask(runs: Sequence[Experiment], rank: int = 0) -> bool:
    """Ask for runs; what stands in the way is kept for `say_problem`."""
    for run in runs:
        try:
            engine().ask(run, rank)
        except ValueError as error:
            problem(error)
            return False
    return True


def problem(error: Exception) -> None:
    """Keep what stood in the way for `say_problem`."""
    st.session_state[_PROBLEM] = error


def say_problem(words: Lesson, *, is_asked: bool) -> None:
    """What stood in the way of the last wish, and, where something has been asked for, whether the cluster can be reached."""
    if error := st.session_state.pop(_PROBLEM, None):
        st.warning(words.say("problem", problem=said(error).rstrip(".")), icon=":material/front_hand:")
    if engine().problem and is_asked:
        st.warning(words.say("cluster", problem=quoted(engine().problem)), icon=":material/cloud_off:")


def views(runs: Sequence[Experiment], rank: int = 0) -> list[View | None]:
    """How the runs stand; those of a link that nobody has asked for here are asked for."""
    from resnet_viz.jobs.engine import key_of

    found: list[View | None] = []
    for run in runs:
        view = engine().view(key_of(run))
        if view is None and ask([run], rank):
            view = engine().view(key_of(run))
        found.append(view)
    return found


def alive(found: Sequence[View | None]) -> bool:
    """Whether anything still waits or trains."""
    return any(view is None or view.run.status in ("waiting", "running", "paused") for view in found)


_looked: dict[str, float] = {}


def _interval() -> float:
    """Seconds between two looks, so that all who watch now take about one core together."""
    context = get_script_run_ctx()
    now = time.monotonic()
    _looked[context.session_id if context else ""] = now
    for session, at in list(_looked.items()):
        if now - at > RECENT:
            _looked.pop(session, None)
    return max(POLL, round(LOOK * len(_looked), 1))


def clocked(name: str, is_alive: bool) -> float | None:
    """The clock of a fragment that shows runs: `run_every`. `settled` stops it."""
    pace = _interval() if is_alive else None
    st.session_state[f"{_ALIVE}_{name}"] = pace
    return pace


def is_clocked(name: str) -> bool:
    """Whether that clock runs."""
    return bool(st.session_state.get(f"{_ALIVE}_{name}"))


def wake(name: str) -> None:
    """A run was taken up again: its fragment's clock has to start with the next run of the page."""
    st.session_state[f"{_ALIVE}_{name}"] = POLL


def settled(name: str, is_alive: bool) -> None:
    """At the end of a fragment: run the whole page once more when the last run has ended, without the clock, or when so many
    have come or gone that the clock should go at another pace."""
    if not is_clocked(name):
        return
    pace, now = st.session_state[f"{_ALIVE}_{name}"], _interval()
    if not is_alive or not pace / 2 < now < 2 * pace:
        st.session_state[f"{_ALIVE}_{name}"] = False
        st.rerun()
