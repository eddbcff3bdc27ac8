"""The board: the curves of all runs of this session, live while something trains, and what they show."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from statistics import fmean
from typing import Any

import streamlit as st

from resnet_viz.csv_table import table
from resnet_viz.jobs.run_state import RunView, key_of
from resnet_viz.studies.recorded import recording
from resnet_viz.text import Lesson
from resnet_viz.training.experiment import Experiment
from resnet_viz.training.records import StepRecord
from resnet_viz.ui.components.curves import Curve, curves, training_views
from resnet_viz.ui.kit import run_client, run_summary, url_state
from resnet_viz.ui.kit.figures import Download, badge, downloads
from resnet_viz.ui.kit.shared_params import RUNS
from resnet_viz.ui.kit.words import quoted
from resnet_viz.ui.lessons.degradation import recorded_runs, snapshots

GHOSTS = 6
"""The class's other runs that are drawn pale."""
LATELY = 600.0
"""Seconds after which a run that has ended no longer counts as measured now."""
FAILURES = ("killed", "lost")
"""Reasons of failed runs that have words of their own."""


def watch(words: Lesson) -> None:
    """The board: live while something trains, the recording while nothing has been asked for."""
    runs: tuple[Experiment, ...] = url_state.get(RUNS)
    if runs:
        st.fragment(run_every=run_client.clocked("board", run_client.alive(run_client.views(runs))))(_board)(words)
    else:
        recorded_runs.show(words)


def _board(words: Lesson) -> None:
    runs: tuple[Experiment, ...] = url_state.get(RUNS)
    views = run_client.views(runs)
    histories = [run_client.engine().history(key_of(run)) for run in runs]
    depths = sorted({run.spec.depth for run in runs})
    lines = [
        Curve(run_summary.name(run, words), run.spec.skips == "none", *_columns(history), dash=depths.index(run.spec.depth))
        for run, history in zip(runs, histories, strict=True)
    ]
    curves(
        _ghosts(runs, words) + lines,
        views=training_views(runs[0].spec.classes),
        steps=max(run.steps for run in runs),
        words=words.labels,
        key="race_curves",
    )
    _badge(views, words)
    for run, view, history in zip(runs, views, histories, strict=True):
        _status(run, view, history, words)
    _start_all([run for run, view in zip(runs, views, strict=True) if view is None], words)
    st.markdown(
        run_summary.sentence(
            [run_summary.outcome(run, history) for run, history in zip(runs, histories, strict=True) if history], words
        )
    )
    _inside(runs, histories, words)
    run_client.settled("board", run_client.alive(views))


def _inside(runs: Sequence[Experiment], histories: Sequence[Sequence[StepRecord]], words: Lesson) -> None:
    """Filters and guesses: of now while something trains, and of any step afterwards."""
    st.markdown(words.sections["glimpses"])
    longest = max(len(history) for history in histories)
    step = None
    if not run_client.is_clocked("board") and longest > 1:
        steps = sorted({record.step for history in histories for record in history if record.glimpse})
        step = st.select_slider(words.labels["glimpse_at"], steps, value=steps[-1], key="w_glimpse_at")
    found = [snapshots.latest(run, run_summary.name(run, words), h, step) for run, h in zip(runs, histories, strict=True)]
    snapshots.show([one for one in found if one], words)


def _columns(history: Sequence[StepRecord]) -> tuple[list[float], list[float]]:
    """(smoothed error, smoothed loss) of all steps."""
    return [record.smooth_error for record in history], [record.smooth_loss for record in history]


def _ghosts(runs: Sequence[Experiment], words: Lesson) -> list[Curve]:
    own, data = {key_of(run) for run in runs}, {run.data for run in runs}
    found: list[Curve] = []
    for run in run_client.engine().recent(GHOSTS + len(own)):
        if run.key not in own and len(found) < GHOSTS:
            try:
                e = Experiment.parse(run.experiment)
            except ValueError:  # its folder of pictures is gone
                continue
            if e.data not in data:
                continue
            found.append(
                Curve(
                    run_summary.name(e, words),
                    e.spec.skips == "none",
                    *_columns(run_client.engine().history(run.key)),
                    ghost=True,
                )
            )
    return found


def _badge(views: Sequence[RunView | None], words: Lesson) -> None:
    """Whether the numbers are of now, or of runs that were trained here some time ago."""
    ended = max((view.run.result.get("at", 0) for view in views if view), default=0)
    if not run_client.alive(views) and 0 < ended < time.time() - LATELY:
        badge("recorded", words.say("trained_at", when=time.strftime("%Y-%m-%d %H:%M", time.localtime(ended))))
    else:
        badge("measured")


def _status(run: Experiment, view: RunView | None, history: Sequence[StepRecord], words: Lesson) -> None:
    """One line a run: where it stands, and what can be done with it."""
    say, key = words.labels, key_of(run)
    status = view.run.status if view else "none"
    with st.container(horizontal=True, vertical_alignment="center", key=f"run_{key}"):
        st.markdown(f"**{run_summary.name(run, words, quoted)}** · {_told(run, view, history, words)}")
        if view is None:
            st.button(say["train_it"], key=f"w_train_{key}", on_click=_start, args=((run,),), icon=":material/play_arrow:")
            return
        if status in ("paused", "stopped", "failed") and view.run.reason != "diverged":
            st.button(say["go_on"], key=f"w_resume_{key}", on_click=_resume, args=(key,), icon=":material/play_arrow:")
        if not view.may_stop or view.asked:
            return
        engine = run_client.engine()
        for name, button, when, icon in (
            ("pause", engine.pause, ("running",), ":material/pause:"),
            ("stop", engine.cancel, ("waiting", "running", "paused"), ":material/stop:"),
        ):
            if status in when:
                st.button(say[name], key=f"w_{name}_{key}", on_click=run_client.press, args=(button, key), icon=icon)


def _told(run: Experiment, view: RunView | None, history: Sequence[StepRecord], words: Lesson) -> str:
    """Where a run stands, in words."""
    if view is None:
        return words.labels["status_none"]
    status, reason, result = view.run.status, view.run.reason, view.run.result
    values: dict[str, Any] = {"step": len(history), "steps": run.steps, "ahead": view.ahead, "wait": view.wait}
    if history:
        speed = fmean(record.rate for record in history[-20:])
        left = (run.steps - len(history)) * run.batch / max(speed, 1e-9)
        values |= {"error": history[-1].smooth_error, "rate": speed, "left": left}
    key: str = status
    if view.asked:
        key = {"stop": "stopping", "pause": "pausing"}[view.asked]
    elif status == "waiting":
        key = "waiting_timed" if view.wait is not None else "waiting" if view.ahead else "starting"
    elif status == "running":
        key = "silent" if view.silent else "running" if history else "starting"
    elif status == "stopped":
        key = f"stopped_{reason}"
    elif status == "failed":
        reason = words.labels[f"failed_{reason}"] if reason in FAILURES else quoted(reason)
    told = words.say(f"status_{key}", **values, silent=view.silent, test=result.get("test_error", 0), reason=reason)
    if result.get("resumed"):
        told = words.say("resumed", text=told, step=result["resumed"])
    if view.unkept:
        told = words.say("unkept", text=told, problem=run_client.problem_said(view.unkept))
    return told if view.may_stop or not run_client.alive([view]) else words.say("of_others", text=told)


def _start_all(runs: Sequence[Experiment], words: Lesson) -> None:
    if len(runs) > 1:
        told = words.say("train_all", count=len(runs))
        st.button(told, key="w_train_all", on_click=_start, args=(tuple(runs),), icon=":material/play_arrow:")


def _start(runs: Sequence[Experiment]) -> None:
    run_client.ask(runs)


def _resume(key: str) -> None:
    run_client.press(run_client.engine().resume, key)


def files(words: Lesson) -> None:
    """The curves as a table."""

    runs = url_state.get(RUNS)
    steps = partial(_steps, runs)
    downloads([Download(words.labels["file_csv"], "degradation.csv", "text/csv", steps)], "degradation")


def _steps(runs: Sequence[Experiment]) -> str:
    """Every step of these runs; of the recorded ones where there are none."""
    rows: list[list[object]] = [["experiment", "step", "loss", "error", "smooth_loss", "smooth_error", "pictures_per_second"]]
    for run in runs:
        rows += ([str(run), *record[:6]] for record in run_client.engine().history(key_of(run)))
    if not runs:
        for recorded in recording("race")["runs"]:
            pairs = enumerate(zip(recorded["loss"], recorded["error"], strict=True), 1)
            rows += ([recorded["experiment"], step, "", "", loss, error, ""] for step, (loss, error) in pairs)
    return table(rows)
