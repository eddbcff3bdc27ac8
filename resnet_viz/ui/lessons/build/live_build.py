"""The real network, built and run once."""

from __future__ import annotations

import streamlit as st

from resnet_viz.nets.plan import Plan
from resnet_viz.nets.presets import TORCHVISION, preset_name, short_name
from resnet_viz.text import Lesson
from resnet_viz.ui.kit import inference, url_state
from resnet_viz.ui.kit.figures import badge
from resnet_viz.ui.kit.numbers import shape_text
from resnet_viz.ui.kit.shared_params import SEED
from resnet_viz.ui.kit.words import text


def show(p: Plan, words: Lesson) -> None:
    """Build the real network and run it once, or say why not."""
    if problem := inference.refusal(p):
        st.warning(text("common").say(problem.key, given=problem.given, limit=problem.limit), icon=":material/front_hand:")
        return
    place = st.empty()
    place.info(words.labels["live_building"], icon=":material/hourglass_top:")
    net = short_name(p.spec)
    built = inference.build_live(net, p.input_shape[1], url_state.get(SEED))
    times = {"build": f"{built.build_ms:,.0f} ms", "forward": f"{built.forward_ms:,.0f} ms"}
    said = [words.say("live_done", **times, shape=shape_text(built.out_shape), params=f"{built.params:,}")]
    if built.params == p.params:
        said.append(words.labels["live_equal"])
    name = preset_name(p.spec)
    if name in TORCHVISION:
        theirs = inference.torchvision_params(name)
        key = "live_same" if theirs == built.params else "live_differs"
        said.append(words.say(key, params=f"{theirs:,}", name=name))
    with place.container(border=True, key="live_built"):
        badge("measured")
        st.markdown(words.joined(said))
