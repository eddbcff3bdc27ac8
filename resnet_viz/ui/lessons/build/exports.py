"""*Take it with you*: the network itself, as a file of its weights and as ONNX."""

from __future__ import annotations

from functools import partial

import streamlit as st

from resnet_viz.nets import export
from resnet_viz.nets.plan import Plan
from resnet_viz.nets.presets import short_name
from resnet_viz.refused import Refused
from resnet_viz.text import Lesson
from resnet_viz.ui.kit import inference, network_files, url_state
from resnet_viz.ui.kit.figures import Download, downloads
from resnet_viz.ui.kit.numbers import big
from resnet_viz.ui.kit.shared_params import SEED
from resnet_viz.ui.kit.words import said, text

_ASKED = "build_onnx"


def show(p: Plan, words: Lesson) -> None:
    """The state dict and the ONNX file; code, diagram and layers stand at the diagram."""
    if p.params > network_files.MAX_ONNX_PARAMS or p.depth > network_files.MAX_ONNX_DEPTH:
        limits = {"limit": big(network_files.MAX_ONNX_PARAMS, 0), "depth": network_files.MAX_ONNX_DEPTH}
        st.caption(words.say("export_onnx_large", **limits, given=big(p.params), given_depth=p.depth))
        return
    st.markdown(words.labels["export_about"])
    net, seed = short_name(p.spec), url_state.get(SEED)
    make = partial(network_files.state_file, net, seed)
    downloads([Download(words.labels["export_state"], f"{net}.pth", "application/octet-stream", make)], "build_state")
    _onnx(p, words)


def _onnx(p: Plan, words: Lesson) -> None:
    """The ONNX file: made by a process of its own when somebody asks for it, then offered. Or why it is not: the exporter runs
    the network once."""
    if refusal := inference.refusal(p):
        st.caption(text("common").say(refusal.key, given=refusal.given, limit=refusal.limit))
        return
    if not export.onnx_available():
        st.caption(words.labels["export_onnx_absent"])
        return
    wanted = (short_name(p.spec), p.input_shape[1], url_state.get(SEED))

    def ask() -> None:
        st.session_state[_ASKED] = wanted

    if st.session_state.get(_ASKED) == wanted:
        try:
            with st.spinner(words.labels["onnx_making"]):
                network_files.onnx(*wanted)
        except Refused as problem:
            del st.session_state[_ASKED]
            st.info(said(problem), icon=":material/hourglass_disabled:")
        else:
            make = partial(network_files.onnx, *wanted)
            downloads([Download(words.labels["export_onnx"], f"{wanted[0]}.onnx", "application/octet-stream", make)], "build")
            return
    st.button(words.labels["onnx_make"], on_click=ask, key="w_onnx", icon=":material/deployed_code:")
