"""Degradation: plain and residual networks train side by side, live."""

from functools import partial

import streamlit as st

from resnet_viz.ui.kit import network_picker, url_state
from resnet_viz.ui.kit.class_runs import take
from resnet_viz.ui.kit.page import open_page, stage
from resnet_viz.ui.kit.prediction import answered, predict
from resnet_viz.ui.kit.prose import explain, further
from resnet_viz.ui.kit.shared_params import RUNS
from resnet_viz.ui.lessons.degradation import (
    board,
    depth_sweep,
    linear_classifier,
    paper,
    photographs,
    recorded_runs,
    run_form,
    slower,
    snapshots,
    train,
)

words = open_page("degradation")
take()
picture, panel = stage("degradation")
below = st.container(key="below_race")
now = run_form.wanted()
shown = answered("degradation")
options = [words.labels[f"predict_{index}"] for index in range(len(recorded_runs.OPTIONS))]
ask = partial(predict, partial(recorded_runs.question, words), words.labels["predict_ask"], options, key="degradation")
beside = shown and not network_picker.is_narrow()  # the verdict stands where the curves stay in view
untrained = not url_state.get(RUNS)
with panel:
    train.button(now, words)
    if beside and untrained:
        ask()
    run_form.show(words)
    train.next_card(now, words)
    train.clear_button(words)
    if beside and not untrained:
        ask()
with picture:
    board.show(words, shown=shown)
    if not beside:
        ask()
with below:
    run_form.on_diagram(words)
explain(words, "what", after="degradation")
further(words, "photographs", lambda: photographs.show(words))
further(words, "slower", lambda: slower.show(now.experiment, words))
further(words, "glimpses", lambda: snapshots.show(words))
further(words, "sweep", lambda: depth_sweep.show(now.experiment, words))
further(words, "linear", lambda: linear_classifier.show(now.experiment, words))
further(words, "paper", lambda: paper.show(words))
