"""Which weights a network runs with: trained or untrained, and the download of those that are not here."""

from __future__ import annotations

import streamlit as st

from resnet_viz.download import downloads
from resnet_viz.nets.cards import WeightsUnavailable
from resnet_viz.nets.plan import Plan
from resnet_viz.nets.presets import TORCHVISION, preset_name
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.text import Lesson
from resnet_viz.ui.kit import inference, url_state
from resnet_viz.ui.kit.numbers import big
from resnet_viz.ui.kit.shared_params import WEIGHTS
from resnet_viz.ui.kit.words import said, text


def choose_weights(spec: ResNetSpec, words: Lesson) -> None:
    """Trained or untrained, and the download where trained weights exist but are not here."""
    url_state.view(
        st.segmented_control,
        words.labels["weights"],
        of=WEIGHTS,
        format_func=url_state.labels(words.labels, "weights_"),
    )
    name = preset_name(spec.residual()) or ""
    if url_state.get(WEIGHTS) == "untrained" or inference.source_of(spec, "trained").kind != "untrained":
        return
    if name in TORCHVISION and spec.skips != "none":
        _offer_download(name, words)
    else:
        st.caption(words.labels["weights_absent"])


def _offer_download(name: str, words: Lesson) -> None:
    from resnet_viz.nets.weights import fetch_pretrained

    if running := downloads.running():
        st.caption(words.say("weights_running", file=running.name))
    if not st.button(words.say("weights_download", name=name), key="w_download", icon=":material/cloud_download:"):
        return
    bar = st.progress(0.0, words.labels["weights_loading"])

    def progress(done: int, total: int) -> None:
        part = min(done / total, 1.0) if total else 0.0
        bar.progress(part, words.say("weights_progress", done=big(done), total=big(total)))

    try:
        fetch_pretrained(name, progress)
    except WeightsUnavailable as error:
        bar.empty()
        st.warning(said(error), icon=":material/cloud_off:")
        return
    st.rerun()


def usable(p: Plan, words: Lesson) -> inference.WeightsSource | None:
    """The weights to run with. Tells the user when they are damaged; the untrained network then takes their place.

    None where the network is beyond what is run here; the reason has then been said. `words` are those of Activations.
    """
    problem = inference.refusal(p, looked_into=True)
    if problem:
        st.warning(text("common").say(problem.key, given=problem.given, limit=problem.limit), icon=":material/front_hand:")
        return None
    spec = p.spec
    source = inference.source_of(spec, url_state.get(WEIGHTS))
    try:
        inference.check(source)
    except WeightsUnavailable as error:
        st.warning(said(error), icon=":material/broken_image:")
        return inference.WeightsSource("untrained", "")
    return source
