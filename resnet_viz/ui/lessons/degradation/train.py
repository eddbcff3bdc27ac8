"""The big button, how long it takes, and the press that follows."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from resnet_viz.text import Lesson
from resnet_viz.training.experiment import Experiment
from resnet_viz.ui.kit import class_runs, run_client, run_summary, url_state
from resnet_viz.ui.kit.prose import explained, tell
from resnet_viz.ui.kit.shared_params import MAX_RUNS, RUNS
from resnet_viz.ui.lessons.degradation import watched
from resnet_viz.ui.lessons.degradation.next_step import next_seed, offer
from resnet_viz.ui.lessons.degradation.run_form import Wanted, change

LONG = 90.0
"""Seconds from which minutes are said."""
_STARTED = "started_here"


def button(now: Wanted, words: Lesson) -> None:
    """Train what the form shows; once that is on the board and over, the same with the next seed."""
    say, seen = words.labels, watched.watch([run for run in now.runs if run in url_state.get(RUNS)])
    is_there = len(seen) == len(now.runs) and all(each.view for each in seen)
    is_alive = is_there and not all(each.is_over or (each.view and each.view.run.status == "paused") for each in seen)
    which = "both" if len(now.runs) > 1 else "one"
    label = words.say(f"train_{which}", steps=now.experiment.steps)
    runs: Sequence[Experiment] = now.runs
    if is_there:
        runs = [next_seed(run) for run in now.runs]
        label = words.say("train_again", seed=runs[0].seed)
    st.button(
        say["training"] if is_alive else label,
        key="w_race_train",
        type="primary",
        icon=":material/play_arrow:",
        width="stretch",
        disabled=is_alive,
        on_click=_train_again if is_there else train,
        args=(runs,),
    )
    if not is_alive:
        st.caption(announced(runs, words))
    if now.experiment.data.startswith("shapes"):
        st.caption(say["on_shapes"])
    run_client.say_problem(words)


def announced(runs: Sequence[Experiment], words: Lesson) -> str:
    """Every network that a press trains, and how long that takes here where it is known; or that they are here."""
    return words.joined((words.say("trains", names=run_summary.together(runs, words)), _duration(runs, words))).strip()


def _duration(runs: Sequence[Experiment], words: Lesson) -> str:
    missing = [run for run, view in zip(runs, run_client.views(runs), strict=True) if not view or view.run.status != "done"]
    if not missing:
        return words.labels["already"]
    each = [run_client.engine().seconds_left(run, 0) for run in missing]
    known = [seconds for seconds in each if seconds is not None]
    if len(known) < len(each):
        return ""
    seconds = max(*known, sum(known) / max(1, run_client.engine().count), 1)
    if seconds < LONG:
        return words.say("about_seconds", seconds=seconds)
    return words.say("about_minutes", minutes=seconds / 60)


def train(runs: Sequence[Experiment], board: Sequence[Experiment] = ()) -> None:
    """Ask for runs and put those that are taken on the board: `board`, or the one there is, which loses its oldest when full."""
    fresh = [each.run for each in watched.watch(runs) if not each.is_done]
    taken = run_client.ask(runs)
    st.session_state.setdefault(_STARTED, set()).update(run for run in taken if run in fresh)
    if taken:
        before = url_state.get(RUNS)
        refused = {*runs} - {*taken} - {*before}
        kept = [run for run in tuple(board) or before if run not in refused]
        url_state.put(RUNS, tuple([*kept, *(run for run in taken if run not in kept)][-MAX_RUNS:]))
        class_runs.hand_out()


def _train_again(runs: Sequence[Experiment]) -> None:
    change(seed=runs[0].seed)
    train(runs)


def is_own(run: Experiment) -> bool:
    """Whether this session has trained it, so that it was not there already."""
    return run in st.session_state.get(_STARTED, ())


def next_card(now: Wanted, words: Lesson) -> None:
    """What to train next, with one press, once the board's runs are over."""
    board = url_state.get(RUNS)
    found = offer(board, now.runs)
    with st.container(border=True, key="next_run", gap="small"):
        st.markdown(f"**{words.labels['next_run']}**")
        if not found.runs:
            st.caption(explained(words.labels[f"next_{found.key}"], "degradation/next"), unsafe_allow_html=True)
            return
        told = {"depth": found.runs[0].spec.depth, "steps": found.runs[0].steps, "seed": found.runs[0].seed}
        tell(words.say(f"next_{found.key}", **told), "degradation/next")
        st.caption(announced(found.runs, words))
        st.button(
            words.labels["next_press"],
            key="w_next_run",
            icon=":material/play_arrow:",
            disabled=run_client.alive(run_client.views(board)),
            on_click=train,
            args=(found.runs, found.board),
        )


def clear_button(words: Lesson) -> None:
    """Take all runs off the board, where there are any; they train on until nobody looks."""
    if url_state.get(RUNS):
        st.button(words.labels["clear"], key="w_clear", on_click=_clear, icon=":material/clear_all:", type="tertiary")


def _clear() -> None:
    url_state.put(RUNS, ())
    class_runs.hand_out()
