"""The form that composes a run: the network, the training, the pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st

from resnet_viz.jobs.fair_queue import Share
from resnet_viz.jobs.limits import Limits
from resnet_viz.nets.plan import plan
from resnet_viz.nets.spec import CHOICES
from resnet_viz.studies.race import DEPTHS
from resnet_viz.studies.race import network as raced
from resnet_viz.studies.recorded import recording
from resnet_viz.text import Lesson
from resnet_viz.training.data.sources import source
from resnet_viz.training.experiment import Experiment
from resnet_viz.ui.kit import network_picker, run_client, url_state
from resnet_viz.ui.kit.prediction import Question, predict
from resnet_viz.ui.kit.shared_params import MAX_RUNS
from resnet_viz.ui.lessons.degradation.data_choice import choose_data
from resnet_viz.ui.lessons.degradation.params import EXPERIMENT


def predict_depth(words: Lesson) -> None:
    """Which of the recorded networks trains worst?"""

    def measure() -> Question:
        runs = {run["experiment"]: run["error"][-1] for run in recording("race")["runs"]}
        which = ((20, True), (56, True), (56, False))
        shallow, deep, twin = (runs[str(Experiment(raced(depth, plain=plain)))] for depth, plain in which)
        answer = max(range(3), key=lambda i: (shallow, deep, twin)[i])
        return Question(answer, words.say("predict_because", shallow=shallow, deep=deep, twin=twin))

    predict(measure, words.labels["predict_ask"], [words.labels[f"predict_{i}"] for i in range(3)], key="degradation")


def compose(words: Lesson) -> Experiment:
    """The run that Run would start."""

    e: Experiment = url_state.get(EXPERIMENT) or Experiment(raced(56, plain=True))
    say = words.labels

    def change(**fields: Any) -> None:
        try:
            url_state.put(EXPERIMENT, replace(e, **fields))
        except ValueError as error:
            run_client.problem(error)

    def depth(value: int) -> None:
        same = {name: getattr(e.spec, name) for name in ("norm", "init", "order", "shortcut", "classes")}
        change(spec=replace(raced(value, plain=e.spec.skips == "none"), **same))

    one, two, three, four = st.columns([2, 1, 1, 1], gap="large")
    with one:
        options = sorted({*DEPTHS, e.spec.depth})
        url_state.control(st.select_slider, say["depth"], options, value=e.spec.depth, then=depth, key="race_depth")
    with two:
        url_state.control(
            st.segmented_control,
            say["skips"],
            ["all", "none"] if isinstance(e.spec.skips, str) else ["all", "some", "none"],
            value=e.spec.skips if isinstance(e.spec.skips, str) else "some",
            then=lambda v: change(spec=replace(e.spec, skips=v)) if v in ("all", "none") else None,
            key="race_skips",
            format_func=url_state.labels(say, "skips_"),
        )
    with three:
        fields = network_picker.labels()
        url_state.control(
            st.segmented_control,
            fields["norm"],
            list(CHOICES["norm"]),
            value=e.spec.norm,
            then=lambda v: change(spec=replace(e.spec, norm=v)) if v else None,
            key="race_norm",
            format_func=url_state.labels(fields, "norm_"),
        )
    with four:
        url_state.control(
            st.number_input,
            say["seed"],
            0,
            999_999,
            value=e.seed,
            then=lambda v: change(seed=v),
            key="race_seed",
            help=say["seed_help"],
        )
    with st.expander(say["more"], icon=":material/tune:", key="w_race_more"):
        _more(e, change, words)
    opened = st.expander(say["on_diagram"], icon=":material/account_tree:", key="w_race_diagram", on_change="rerun")
    if opened.open:
        with opened:
            _on_diagram(e, change, words)
    return e


def _on_diagram(e: Experiment, change: Callable[..., None], words: Lesson) -> None:
    """The network's diagram: a click on an arc takes that skip away or puts it back."""
    p = plan(e.spec, source(e.data).size)
    network_picker.show_diagram(p, key="race_diagram", hint=words.labels["diagram_hint"], take=lambda spec: change(spec=spec))
    kept = sum(e.spec.has_skip(block) for block in e.spec.blocks)
    st.markdown(words.say("skips_kept", kept=kept, all=len(e.spec.blocks)))


def _more(e: Experiment, change: Callable[..., None], words: Lesson) -> None:

    say, fields = words.labels, network_picker.labels()
    left, middle, right = st.columns(3, gap="large")
    with left:
        url_state.control(
            st.select_slider,
            say["lr"],
            sorted({0.001, 0.003, 0.01, 0.02, 0.05, 0.1, 0.3, 1.0, e.lr}),
            value=e.lr,
            then=lambda v: change(lr=v),
            key="race_lr",
        )
        url_state.control(
            st.segmented_control,
            say["schedule"],
            ["constant", "cosine"],
            value=e.schedule,
            then=lambda v: change(schedule=v) if v else None,
            key="race_schedule",
            format_func=url_state.labels(say, "schedule_"),
        )
    with middle:
        most = Limits().steps
        url_state.control(st.number_input, say["steps"], 1, most, value=e.steps, then=lambda v: change(steps=v), key="race_steps")
        batches = sorted({16, 32, 64, 128, 256, e.batch})
        url_state.control(
            st.select_slider, say["batch"], batches, value=e.batch, then=lambda v: change(batch=v), key="race_batch"
        )
    with right:
        inits = list(CHOICES["init"])
        url_state.control(
            st.selectbox,
            fields["init"],
            inits,
            value=e.spec.init,
            then=lambda v: change(spec=replace(e.spec, init=v)),
            key="race_init",
            format_func=url_state.labels(fields, "init_"),
        )
        choose_data(e, change, words)
    limits, share = Limits(), Share()
    values = {"steps": limits.steps, "depth": limits.depth, "macs": limits.macs / 1e12, "own": share.runs, "swept": share.swept}
    st.caption(words.say("limits", board=MAX_RUNS, **values))
