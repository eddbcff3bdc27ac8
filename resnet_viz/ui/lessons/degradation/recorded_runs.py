"""The recordings with which the degradation page opens: CIFAR-10 over epochs, and the race on Shapes over steps."""

from __future__ import annotations

from typing import Any

import streamlit as st

from resnet_viz.nets.published_results import CIFAR_TEST_ERROR
from resnet_viz.studies.race import Outcome
from resnet_viz.studies.recorded import recording
from resnet_viz.text import Lesson
from resnet_viz.training.data.sources import CIFAR
from resnet_viz.training.experiment import Experiment
from resnet_viz.ui.components.curves import Curve, CurveView, Mark, curves, training_views
from resnet_viz.ui.kit import run_summary, url_state
from resnet_viz.ui.kit.figures import badge
from resnet_viz.ui.kit.words import sentence_instead
from resnet_viz.ui.lessons.degradation import snapshots
from resnet_viz.ui.lessons.degradation.params import RECORDED

CIFAR_VIEWS = (CurveView("train", percent=True, chance=0.9), CurveView("test", percent=True, chance=0.9))


def show(words: Lesson) -> None:
    """One of the two, at once."""
    url_state.view(
        st.segmented_control,
        words.labels["recorded_which"],
        of=RECORDED,
        format_func=url_state.labels(words.labels, "recorded_"),
    )
    with sentence_instead():
        (_cifar if url_state.get(RECORDED) == "cifar" else _shapes)(words)


def cifar_runs() -> list[tuple[int, bool, str]]:
    """(depth, whether plain, name) of the shipped networks that were trained alike on CIFAR-10, plain and residual."""
    from resnet_viz.studies.pretrained_pairs import DEPTHS, twins

    found = ((depth, twins(CIFAR, depth)) for depth in DEPTHS)
    return [
        (depth, is_plain, name) for depth, (plain, residual) in found for is_plain, name in ((False, residual), (True, plain))
    ]


def _cifar(words: Lesson) -> None:
    from resnet_viz.nets.weights import card, history

    runs = cifar_runs()
    depths = sorted({depth for depth, _, _ in runs})
    lines, final = [], {}
    for depth, plain, name in runs:
        epochs = history(name).epochs
        train, test = ([float(epoch[f"{part}_error"]) for epoch in epochs] for part in ("train", "test"))
        lines.append(
            Curve(words.say("plain" if plain else "residual", depth=depth), plain, train, test, dash=depths.index(depth))
        )
        final[depth, plain] = train[-1]
    marks = [
        Mark(1, CIFAR_TEST_ERROR[depth].value / 100, words.say("cited_mark", depth=depth, error=CIFAR_TEST_ERROR[depth].value))
        for depth in depths
    ]
    count = len(history(runs[0][2]).epochs)
    curves(lines, views=CIFAR_VIEWS, steps=count, words=words.labels, key="cifar_curves", marks=marks, axis="epoch")
    known = card(runs[0][2])
    with st.container(horizontal=True):
        badge("recorded", words.say("recorded_how", made=known.data, machine=known.machine))
        badge("cited", CIFAR_TEST_ERROR[20].source)
    st.markdown(cifar_sentence(final, count, words))
    st.caption(words.say("cifar_recipe", recipe=known.recipe, epochs=count))


def cifar_sentence(final: dict[tuple[int, bool], float], epochs: int, words: Lesson) -> str:
    """What the final training errors, by (depth, whether plain), show."""
    shallow, deep = min(depth for depth, _ in final), max(depth for depth, _ in final)
    numbers: dict[str, Any] = {
        "plain_shallow": final[shallow, True],
        "plain_deep": final[deep, True],
        "shallow_error": final[shallow, False],
        "deep_error": final[deep, False],
    }
    told = words.say("cifar_said", epochs=epochs, shallow=shallow, deep=deep, **numbers)
    hurt, helped = final[deep, True] > final[shallow, True], final[deep, False] < final[shallow, False]
    return f"{told} {words.labels['cifar_fig6']}" if hurt and helped else told


def _shapes(words: Lesson) -> None:
    """The recorded race."""

    runs = [(Experiment.parse(run["experiment"]), run) for run in recording("race")["runs"]]
    depths = sorted({e.spec.depth for e, _ in runs})
    lines = [
        Curve(run_summary.name(e, words), e.spec.skips == "none", run["error"], run["loss"], dash=depths.index(e.spec.depth))
        for e, run in runs
    ]
    steps = max(e.steps for e, _ in runs)
    curves(lines, views=training_views(10), steps=steps, words=words.labels, key="recorded_curves")
    badge("recorded", words.say("recorded_how", made=recording("race")["made"], machine=recording("race")["machine"]))
    st.markdown(run_summary.sentence([Outcome(e, e.steps, run["error"][-1]) for e, run in runs], words))
    st.markdown(words.sections["glimpses"])
    steps_seen = [glimpse[0] for glimpse in runs[0][1]["glimpses"]]
    step = st.select_slider(words.labels["glimpse_at"], steps_seen, value=steps_seen[-1], key="w_glimpse_recorded")
    found = []
    for e, run in runs:
        at, filters, guesses = run["glimpses"][steps_seen.index(step)]
        found.append(snapshots.Seen(e, run_summary.name(e, words), at, filters, guesses))
    snapshots.show(found, words)
