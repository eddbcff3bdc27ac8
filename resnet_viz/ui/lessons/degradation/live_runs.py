"""The board: the curves of all runs of this session, live while something trains, and what they show."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from resnet_viz.studies.recorded import recording
from resnet_viz.text import Lesson
from resnet_viz.training.experiment import Experiment
from resnet_viz.ui.components.curves import Line, curves, training_views
from resnet_viz.ui.kit import run_client, run_summary, url_state
from resnet_viz.ui.kit.page import Download, badge, downloads, quoted, table
from resnet_viz.ui.kit.shared_params import RUNS
from resnet_viz.ui.lessons.degradation import recorded_runs, snapshots

if TYPE_CHECKING:
    from resnet_viz.jobs.engine import View

GHOSTS = 6
"""The class's other runs that are drawn pale."""


def watch(words: Lesson) -> None:
    """The board: live while something trains, the recording while nothing has been asked for."""
    runs: tuple[Experiment, ...] = url_state.get(RUNS)
    if runs:
        st.fragment(run_every=run_client.clocked("board", run_client.alive(run_client.views(runs))))(_board)(words)
    else:
        recorded_runs.show(words)


def _board(words: Lesson) -> None:
    from resnet_viz.jobs.engine import key_of

    runs: tuple[Experiment, ...] = url_state.get(RUNS)
    views = run_client.views(runs)
    histories = [run_client.engine().history(key_of(run)) for run in runs]
    depths = sorted({run.spec.depth for run in runs})
    lines = [
        Line(run_summary.name(run, words), run.spec.skips == "none", *_columns(history), dash=depths.index(run.spec.depth))
        for run, history in zip(runs, histories, strict=True)
    ]
    curves(
        _ghosts(runs, words) + lines,
        views=training_views(runs[0].spec.classes),
        steps=max(run.steps for run in runs),
        words=words.labels,
        key="race_curves",
    )
    badge("measured")
    for run, view, history in zip(runs, views, histories, strict=True):
        _status(run, view, history, words)
    st.markdown(
        run_summary.sentence(
            [run_summary.outcome(run, history) for run, history in zip(runs, histories, strict=True) if history], words
        )
    )
    _inside(runs, histories, words)
    run_client.settled("board", run_client.alive(views))


def _inside(runs: Sequence[Experiment], histories: Sequence[Sequence[Any]], words: Lesson) -> None:
    """Filters and guesses: of now while something trains, and of any step afterwards."""
    st.markdown(words.sections["glimpses"])
    longest = max(len(history) for history in histories)
    step = None
    if not run_client.is_clocked("board") and longest > 1:
        steps = sorted({record[0] for history in histories for record in history if record[7]})
        step = st.select_slider(words.labels["glimpse_at"], steps, value=steps[-1], key="w_glimpse_at")
    found = [snapshots.latest(run, run_summary.name(run, words), h, step) for run, h in zip(runs, histories, strict=True)]
    snapshots.show([one for one in found if one], words)


def _columns(history: Sequence[Sequence[Any]]) -> tuple[list[float], list[float]]:
    """(smoothed error, smoothed loss) of all steps."""
    return [record[4] for record in history], [record[3] for record in history]


def _ghosts(runs: Sequence[Experiment], words: Lesson) -> list[Line]:
    from resnet_viz.jobs.engine import key_of

    own, data = {key_of(run) for run in runs}, {run.data for run in runs}
    found: list[Line] = []
    for run in run_client.engine().store.recent(GHOSTS + len(own)):
        if run.key not in own and len(found) < GHOSTS:
            try:
                e = Experiment.parse(run.experiment)
            except ValueError:  # its folder of pictures is gone
                continue
            if e.data not in data:
                continue
            found.append(
                Line(
                    run_summary.name(e, words),
                    e.spec.skips == "none",
                    *_columns(run_client.engine().history(run.key)),
                    ghost=True,
                )
            )
    return found


def _status(run: Experiment, view: View | None, history: Sequence[Any], words: Lesson) -> None:
    """One line a run: where it stands, and what can be done with it."""
    from resnet_viz.jobs.engine import key_of

    say, key = words.labels, key_of(run)
    status = view.run.status if view else "waiting"
    values: dict[str, Any] = {"step": len(history), "steps": run.steps, "ahead": view.ahead if view else 0}
    if history:
        speed = sum(record[5] for record in history[-20:]) / len(history[-20:])
        values |= {"error": history[-1][4], "rate": speed, "left": (run.steps - len(history)) * run.batch / max(speed, 1e-9)}
    told = status if status != "stopped" else f"stopped_{view.run.reason}" if view else status
    if status == "running" and not history:
        told = "starting"
    if status == "waiting" and view and view.wait is not None:
        told, values["wait"] = "waiting_timed", view.wait
    result = view.run.result if view else {}
    text = words.say(f"status_{told}", **values, test=result.get("test_error", 0), reason=quoted(view.run.reason) if view else "")
    if result.get("resumed"):
        text = words.say("resumed", text=text, step=result["resumed"])
    with st.container(horizontal=True, vertical_alignment="center", key=f"run_{key}"):
        st.markdown(f"**{run_summary.name(run, words, quoted)}** · {text}")
        if status == "running":
            st.button(
                say["pause"], key=f"w_pause_{key}", on_click=run_client.engine().pause, args=(key,), icon=":material/pause:"
            )
        if status in ("paused", "stopped") and not (view and view.run.reason == "diverged"):
            st.button(say["go_on"], key=f"w_resume_{key}", on_click=_resume, args=(key,), icon=":material/play_arrow:")
        if status in ("waiting", "running", "paused"):
            st.button(say["stop"], key=f"w_stop_{key}", on_click=run_client.engine().cancel, args=(key,), icon=":material/stop:")


def _resume(key: str) -> None:
    run_client.engine().resume(key)
    run_client.wake("board")


def files(words: Lesson) -> None:
    """The curves as a table."""

    runs = url_state.get(RUNS)
    steps = partial(_steps, runs)
    downloads([Download(words.labels["file_csv"], "degradation.csv", "text/csv", steps)], "degradation")


def _steps(runs: Sequence[Experiment]) -> str:
    """Every step of these runs; of the recorded ones where there are none."""
    from resnet_viz.jobs.engine import key_of

    rows: list[list[object]] = [["experiment", "step", "loss", "error", "smooth_loss", "smooth_error", "pictures_per_second"]]
    for run in runs:
        rows += ([str(run), *record[:6]] for record in run_client.engine().history(key_of(run)))
    if not runs:
        for recorded in recording("race")["runs"]:
            pairs = enumerate(zip(recorded["loss"], recorded["error"], strict=True), 1)
            rows += ([recorded["experiment"], step, "", "", loss, error, ""] for step, (loss, error) in pairs)
    return table(rows)
