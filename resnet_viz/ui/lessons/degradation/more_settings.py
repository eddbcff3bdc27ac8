"""What is rarely changed of a run, under *More*."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from resnet_viz.jobs.fair_queue import Share
from resnet_viz.jobs.limits import Limits
from resnet_viz.nets.spec import CHOICES
from resnet_viz.text import Lesson
from resnet_viz.training.experiment import Experiment
from resnet_viz.ui.kit import network_picker, url_state
from resnet_viz.ui.kit.shared_params import MAX_RUNS
from resnet_viz.ui.lessons.degradation.data_choice import choose_data
from resnet_viz.ui.lessons.degradation.params import RECORDED

RATES = (0.001, 0.003, 0.01, 0.02, 0.05, 0.1, 0.3, 1.0)
BATCHES = (16, 32, 64, 128, 256)


def show(e: Experiment, change: Callable[..., None], words: Lesson) -> None:
    """Rate, schedule, steps, batch, initial weights, pictures, seed; and which recording the page opens with."""
    say, fields, control = words.labels, network_picker.labels(), url_state.control
    rates, batches = sorted({*RATES, e.lr}), sorted({*BATCHES, e.batch})
    control(st.select_slider, say["lr"], rates, value=e.lr, then=lambda v: change(lr=v), key="race_lr")
    control(
        st.segmented_control,
        say["schedule"],
        ["constant", "cosine"],
        value=e.schedule,
        then=lambda v: change(schedule=v or e.schedule),
        key="race_schedule",
        format_func=url_state.labels(say, "schedule_"),
    )
    most = Limits().steps
    control(st.number_input, say["steps"], 1, most, value=e.steps, then=lambda v: change(steps=v), key="race_steps")
    control(st.select_slider, say["batch"], batches, value=e.batch, then=lambda v: change(batch=v), key="race_batch")
    control(
        st.selectbox,
        fields["init"],
        CHOICES["init"],
        value=e.spec.init,
        then=lambda v: change(spec=replace(e.spec, init=v)),
        key="race_init",
        format_func=url_state.labels(fields, "init_"),
    )
    choose_data(e, change, words)
    seed_help = say["seed_help"]
    control(
        st.number_input, say["seed"], 0, 999_999, value=e.seed, then=lambda v: change(seed=v), key="race_seed", help=seed_help
    )
    url_state.view(st.segmented_control, say["recorded_which"], of=RECORDED, format_func=url_state.labels(say, "recorded_"))
    limits, share = Limits(), Share()
    values = {"steps": limits.steps, "depth": limits.depth, "macs": limits.macs / 1e12, "own": share.runs, "swept": share.swept}
    st.caption(words.say("limits", board=MAX_RUNS, **values))
