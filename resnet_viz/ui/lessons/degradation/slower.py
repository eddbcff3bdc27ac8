"""Whether deep plain networks are worse or only slower: a longer race with a falling rate, recorded and to run here."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from resnet_viz.csv_table import table
from resnet_viz.studies.race import SLOWER_RACE, Outcome, network_like, raced_like
from resnet_viz.studies.recorded import recording
from resnet_viz.text import Lesson
from resnet_viz.training.experiment import Experiment
from resnet_viz.ui.components.curves import Curve, curves, training_views
from resnet_viz.ui.kit import provenance, run_summary
from resnet_viz.ui.kit.figures import Download, figure
from resnet_viz.ui.kit.prose import explain
from resnet_viz.ui.lessons.degradation import train


def race(e: Experiment) -> tuple[Experiment, ...]:
    """`SLOWER_RACE` with everything of `e` but depth, skips, steps and schedule, as far as networks like it have its depths."""
    like = raced_like(e.spec)
    specs = [network_like(like, run.spec.depth, plain=run.spec.skips == "none") for run in SLOWER_RACE]
    return tuple(
        replace(e, spec=spec, steps=run.steps, schedule=run.schedule) for spec, run in zip(specs, SLOWER_RACE, strict=True)
    )


def show(e: Experiment, words: Lesson) -> None:
    """The recorded race, and the button that has it run with the form's settings."""
    explain(words, "slow")
    made = recording("slower")
    runs = [(Experiment.parse(run["experiment"]), run) for run in made["runs"]]
    lines = [
        Curve(
            run_summary.name(run, words).partition(" · ")[0],
            "plain" if run.spec.skips == "none" else "residual",
            run.spec.depth,
            found["error"],
            found["loss"],
        )
        for run, found in runs
    ]
    note = provenance.recorded(made, words)
    caption = words.say("caption_slower", settings=run_summary.settings([run for run, _ in runs], words))
    files = [Download(words.labels["file_csv"], "slower.csv", "text/csv", _numbers)]
    with figure("slower", caption, "recorded", note, files=files):
        curves(lines, views=training_views(10), steps=runs[0][0].steps, words=words.labels, key="slower_curves")
    st.markdown(sentence([Outcome(run, run.steps, found["error"][-1]) for run, found in runs], words))
    wanted = race(e)
    st.button(
        words.say("slower_run", count=len(wanted)),
        key="w_slower",
        icon=":material/play_arrow:",
        on_click=partial(train.train, wanted, wanted),
    )
    st.caption(train.announced(wanted, words))


def sentence(outcomes: list[Outcome], words: Lesson) -> str:
    """Where each has come to, with as many digits as tell them apart."""
    told = [
        words.say("slower_one", name=run_summary.names([o.experiment], words)[0], error=o.error)
        for o in sorted(outcomes, key=lambda o: o.error)
    ]
    return words.say("slower_said", steps=outcomes[0].steps, each=" · ".join(told))


def _numbers() -> str:
    """Every step of the recorded race."""
    rows: list[list[object]] = [["experiment", "step", "smooth_loss", "smooth_error"]]
    for run in recording("slower")["runs"]:
        pairs = enumerate(zip(run["loss"], run["error"], strict=True), 1)
        rows += ([run["experiment"], step, loss, error] for step, (loss, error) in pairs)
    return table(rows)
