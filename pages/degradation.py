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
# where the verdict stands, by whether something is trained and the page is narrow: with the curves, then out of the race's way
places = {(False, False): "button", (False, True): "picture", (True, False): "panel", (True, True): "below"}
where = places[bool(url_state.get(RUNS)), network_picker.is_narrow()] if shown else "picture"
with panel:
    train.button(now, words)
    if where == "button":
        ask()
    run_form.show(words)
    train.next_card(now, words)
    train.clear_button(words)
    if where == "panel":
        ask()
with picture:
    board.show(words, shown=shown)
    if where == "picture":
        ask()
with below:
    run_form.on_diagram(words)
    if where == "below":
        ask()
explain(words, "what", after="degradation")
further(words, "photographs", lambda: photographs.show(words), after=["degradation"])
further(words, "slower", lambda: slower.show(now.experiment, words), after=["degradation"])
further(words, "glimpses", lambda: snapshots.show(words))
further(words, "sweep", lambda: depth_sweep.show(now.experiment, words), after=["degradation"])
further(words, "linear", lambda: linear_classifier.show(now.experiment, words))
further(words, "paper", lambda: paper.show(words), after=["degradation"])
