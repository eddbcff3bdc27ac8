"""The recordings with which the degradation page opens: CIFAR-10 over epochs, and the race on Shapes over steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Literal

import streamlit as st

from resnet_viz.csv_table import table
from resnet_viz.nets.published_results import CIFAR_TEST_ERROR
from resnet_viz.studies.race import Outcome
from resnet_viz.studies.recorded import recording
from resnet_viz.text import Lesson
from resnet_viz.training.data.sources import CIFAR
from resnet_viz.training.experiment import Experiment
from resnet_viz.ui.components.curves import Curve, CurveView, Mark, curves, training_views
from resnet_viz.ui.kit import provenance, run_summary, url_state
from resnet_viz.ui.kit.figures import Download, figure
from resnet_viz.ui.kit.prediction import Question
from resnet_viz.ui.kit.words import sentence_instead
from resnet_viz.ui.lessons.degradation.params import RECORDED

EPOCH_VIEWS = (CurveView("train", percent=True, chance=0.9), CurveView("test", percent=True, chance=0.9))
EPOCHS = 15
"""Of the recorded networks, for an axis whose lines are not shown yet."""
OPTIONS = ((20, True), (56, True), (20, False), (56, False))
"""(depth, whether plain): what the question offers, as the recording has it."""


def show(words: Lesson, *, shown: bool) -> None:
    """One of the two: its axes, and where it may be `shown` its lines."""
    with sentence_instead():
        (_cifar if url_state.get(RECORDED) == "cifar" else _shapes)(words, shown)


def question(words: Lesson) -> Question:
    """Which of the four networks makes the most mistakes on its own training pictures at the end. What is said then is what the
    recorded curves show, and it is said there only."""
    final = cifar_errors()
    worst = max(OPTIONS, key=final.__getitem__)
    told = (cifar_sentence(final, EPOCHS, words), words.labels["predict_now"])
    return Question(OPTIONS.index(worst), words.joined(told))


def cifar_runs() -> list[tuple[int, bool, str]]:
    """(depth, whether plain, name) of the shipped networks that were trained alike on CIFAR-10, plain and residual."""
    from resnet_viz.studies.pretrained_pairs import DEPTHS, twins

    found = ((depth, twins(CIFAR, depth)) for depth in DEPTHS)
    return [
        (depth, is_plain, name) for depth, (plain, residual) in found for is_plain, name in ((False, residual), (True, plain))
    ]


def cifar_errors() -> dict[tuple[int, bool], float]:
    """The training error after the last epoch, by (depth, whether plain)."""
    from resnet_viz.nets.weights import history

    return {(depth, plain): float(history(name).epochs[-1]["train_error"]) for depth, plain, name in cifar_runs()}


def _kind(plain: bool) -> Literal["plain", "residual"]:
    return "plain" if plain else "residual"


def _cifar(words: Lesson, shown: bool) -> None:
    from resnet_viz.nets.weights import card, history

    runs = cifar_runs() if shown else []
    columns = {
        name: [[float(epoch[f"{part}_error"]) for epoch in history(name).epochs] for part in ("train", "test")]
        for _, _, name in runs
    }
    kinds = [(_kind(plain), depth, name) for depth, plain, name in runs]
    lines = [
        Curve(words.say(kind, depth=depth), kind, depth, first=columns[name][0], second=columns[name][1])
        for kind, depth, name in kinds
    ]
    marks = [
        Mark(1, CIFAR_TEST_ERROR[depth].value / 100, words.say("cited_mark", depth=depth, error=CIFAR_TEST_ERROR[depth].value))
        for depth in sorted({depth for depth, _, _ in runs})
    ]
    count = len(history(runs[0][2]).epochs) if runs else EPOCHS
    note = provenance.trained(card(runs[0][2]), words) if runs else ""
    files = [Download(words.labels["file_csv"], "degradation.csv", "text/csv", partial(epoch_table, columns))] if runs else []
    with figure("cifar", words.say("caption_cifar", epochs=count), "recorded" if runs else "", note, files=files):
        curves(lines, views=EPOCH_VIEWS, steps=count, words=words.labels, key="cifar_curves", marks=marks, axis="epoch")


def epoch_table(columns: Mapping[str, Sequence[Sequence[float]]]) -> str:
    """Every epoch of recorded networks: the training and test errors of each, by name."""
    rows: list[list[object]] = [["network", "epoch", "train_error", "test_error"]]
    for name, (train, test) in columns.items():
        rows += ([name, epoch, *pair] for epoch, pair in enumerate(zip(train, test, strict=True), 1))
    return table(rows)


def cifar_sentence(final: dict[tuple[int, bool], float], epochs: int, words: Lesson) -> str:
    """What the final training errors, by (depth, whether plain), show."""
    shallow, deep = min(depth for depth, _ in final), max(depth for depth, _ in final)
    numbers: dict[str, Any] = {
        "plain_shallow": final[shallow, True],
        "plain_deep": final[deep, True],
        "shallow_error": final[shallow, False],
        "deep_error": final[deep, False],
    }
    told = words.say("predict_because", epochs=epochs, shallow=shallow, deep=deep, **numbers)
    hurt, helped = final[deep, True] > final[shallow, True], final[deep, False] < final[shallow, False]
    return words.joined([told, words.labels["cifar_fig6"]]) if hurt and helped else told


def _shapes(words: Lesson, shown: bool) -> None:
    """The recorded race."""
    made = recording("race")
    runs = [(Experiment.parse(run["experiment"]), run) for run in made["runs"]]
    lines = [
        Curve(
            run_summary.name(e, words), "plain" if e.spec.skips == "none" else "residual", e.spec.depth, run["error"], run["loss"]
        )
        for e, run in runs
        if shown
    ]
    steps = max(e.steps for e, _ in runs)
    note = provenance.recorded(made, words)
    caption = words.say("caption_shapes", settings=run_summary.settings([e for e, _ in runs], words))
    files = [Download(words.labels["file_csv"], "degradation.csv", "text/csv", _race_steps)] if shown else []
    with figure("shapes", caption, "recorded" if shown else "", note, files=files):
        curves(lines, views=training_views(10), steps=steps, words=words.labels, key="recorded_curves")
    if shown:
        st.markdown(run_summary.sentence([Outcome(e, e.steps, run["error"][-1]) for e, run in runs], words))


def _race_steps() -> str:
    """Every step of the recorded race."""
    rows: list[list[object]] = [["experiment", "step", "smooth_loss", "smooth_error"]]
    for run in recording("race")["runs"]:
        pairs = enumerate(zip(run["loss"], run["error"], strict=True), 1)
        rows += ([run["experiment"], step, loss, error] for step, (loss, error) in pairs)
    return table(rows)
