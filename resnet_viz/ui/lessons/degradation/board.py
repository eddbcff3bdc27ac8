"""The chart at the top: the recording until something is trained, then the board of runs, live while one trains."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from typing import Literal, NamedTuple

import streamlit as st

from resnet_viz.csv_table import table
from resnet_viz.jobs.run_state import key_of
from resnet_viz.text import Lesson
from resnet_viz.training.experiment import Experiment
from resnet_viz.ui.components.curves import Curve, curves, training_views
from resnet_viz.ui.kit import class_runs, live, run_client, run_summary, url_state
from resnet_viz.ui.kit.figures import Download, figure
from resnet_viz.ui.kit.shared_params import RUNS
from resnet_viz.ui.kit.visitor import visitor
from resnet_viz.ui.kit.words import quoted
from resnet_viz.ui.lessons.degradation import recorded_runs, run_status, train, watched
from resnet_viz.ui.lessons.degradation.watched import Watched


def show(words: Lesson, *, shown: bool) -> None:
    """The chart with its axes; its lines and what they say only where they may be `shown`."""
    runs = url_state.get(RUNS)
    if not runs:
        recorded_runs.show(words, shown=shown)
        return
    seen = watched.watch(runs)
    names = run_summary.names(runs, words)
    lines = [_line(name, each) for name, each in zip(names, seen, strict=True) if shown and each.view]
    source = origin(seen, words)
    files = [Download(words.labels["file_csv"], "degradation.csv", "text/csv", partial(_steps, runs))] if shown else []
    with figure("race", _caption(runs, words), source.kind if shown else "", source.note, files=files):
        curves(
            lines,
            views=training_views(*(run.spec.classes for run in runs)),
            steps=max(run.steps for run in runs),
            words=words.labels,
            key="race_curves",
        )
    ended = [run_summary.outcome(each.run, each.history) for each in seen if each.history and not each.is_alive]
    if shown and ended:
        st.markdown(run_summary.sentence(ended, words))
    shared = [run for run in class_runs.of_the_class() if run in runs]
    if shared:
        st.caption(words.say("of_the_class", names=" · ".join(run_summary.names(shared, words, quoted))))
    run_status.show(seen, words, shown=shown)
    live.rerun_when("board", run_client.topics([each.view for each in seen]))


def kind(run: Experiment) -> Literal["plain", "some", "residual"]:
    """Which skips it has, as the curves have it."""
    return "plain" if run.spec.skips == "none" else "residual" if run.spec.skips == "all" else "some"


def _line(name: str, each: Watched) -> Curve:
    """The smoothed error and loss of all steps; what goes on gets them from the channel, the whole history at once."""
    topic = each.topic
    history = () if topic else each.history
    error, loss = [record.smooth_error for record in history], [record.smooth_loss for record in history]
    return Curve(name, kind(each.run), each.run.spec.depth, error, loss, topic)


def _caption(runs: Sequence[Experiment], words: Lesson) -> str:
    names = " · ".join(run_summary.names(runs, words, quoted))
    shared = run_summary.settings(runs, words)
    return words.say("caption_board" if shared else "caption_board_apart", names=names, settings=shared)


class Origin(NamedTuple):
    """What the badge says."""

    kind: Literal["measured", "recorded"]
    note: str = ""


def origin(seen: Sequence[Watched], words: Lesson) -> Origin:
    """Whether the numbers are of now, or of runs that were there before this session asked: when, and by whom trained."""
    started = [each for each in seen if each.history or each.is_done]
    before = [each for each in started if each.is_done and not train.is_own(each.run)]
    if not before:
        return Origin("measured")
    if len(before) < len(started):
        return Origin("measured", words.say("there_some", count=len(before), all=len(started)))
    ended = max(each.view.run.result.get("at", each.view.run.created) for each in before if each.view)  # older runs have no end
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(ended))
    owners = {each.view.run.owner for each in before if each.view}
    return Origin("recorded", words.say("there_by_you" if owners == {visitor()} else "there_by_others", when=when))


def _steps(runs: Sequence[Experiment]) -> str:
    """Every step of these runs."""
    rows: list[list[object]] = [["experiment", "step", "loss", "error", "smooth_loss", "smooth_error", "pictures_per_second"]]
    for run in runs:
        rows += ([str(run), *record[:6]] for record in run_client.engine().history(key_of(run)))
    return table(rows)
