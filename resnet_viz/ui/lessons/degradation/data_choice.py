"""The pictures that a run trains on: which ones, how hard, and the download of CIFAR-10."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from resnet_viz.download import DownloadFailed
from resnet_viz.home_folder import home
from resnet_viz.text import Lesson
from resnet_viz.training.data.cifar10 import cifar10_state, download_cifar10
from resnet_viz.training.data.shapes import LEVELS, Shapes
from resnet_viz.training.data.sources import CIFAR, available, source
from resnet_viz.training.experiment import Experiment
from resnet_viz.ui.kit import run_client, run_summary, url_state


def choose_data(e: Experiment, change: Callable[..., None], words: Lesson) -> None:
    """Which pictures, and what makes Shapes harder."""
    say = words.labels
    is_shapes = e.data.startswith("shapes")
    found = available()

    def take(name: str) -> None:
        try:
            change(data=name, spec=replace(e.spec, classes=len(source(name).classes)))
        except ValueError as error:
            run_client.problem(error)

    url_state.control(
        st.selectbox,
        say["data"],
        found,
        value="shapes" if is_shapes else e.data,
        then=take,
        key="race_data",
        format_func=lambda name: run_summary.pictures(name, words),
        help=say["data_help"],
    )
    if is_shapes:
        url_state.control(
            st.pills,
            say["levels"],
            list(LEVELS),
            selection_mode="multi",
            value=[level for level in LEVELS if level in Shapes.parse(e.data).levels],
            then=lambda v: change(data=str(Shapes(frozenset(v)))),
            key="race_levels",
            format_func=url_state.labels(say, "level_"),
        )
    if CIFAR not in found:
        if cifar10_state(home()) == "damaged":
            st.caption(say["cifar_damaged"])
        if st.button(say["cifar_get"], key="w_cifar_get", icon=":material/download:"):
            _download(words)


def _download(words: Lesson) -> None:
    bar = st.progress(0.0, words.labels["cifar_loading"])
    try:
        download_cifar10(home(), lambda share: bar.progress(share, words.labels["cifar_loading"]))
    except DownloadFailed as failed:
        bar.empty()
        st.warning(words.say(f"cifar_{failed.reason}", file=failed.file), icon=":material/cloud_off:")
    else:
        st.rerun()
