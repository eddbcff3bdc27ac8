"""What a 1×1 convolution costs against a 3×3, and what it is for."""

from __future__ import annotations

import streamlit as st

from resnet_viz.probes.mixing import ConvolutionCost
from resnet_viz.text import Lesson, unbroken
from resnet_viz.ui.kit.numbers import big, shape_text
from resnet_viz.ui.kit.prose import explain


def show(words: Lesson) -> None:
    """256 → 64 at 32×32, its reverse, and the same number of channels, against a 3×3."""
    st.markdown(words.sections["example"])
    pairs = {name: [ConvolutionCost(c, k, 32, kernel) for kernel in (1, 3)] for name, c, k in _EXAMPLES}
    kinds = [words.labels[f"cost_{name}"] for name in pairs]
    rows = {words.labels["col_shapes"]: [f"{_shape(one.c_in)} → {_shape(one.c_out)}" for one, _ in pairs.values()]}
    for i, kernel in enumerate(("1×1", "3×3")):
        rows[words.say("col_weights", kernel=kernel)] = [f"{both[i].weights:,}" for both in pairs.values()]
        rows[words.say("col_macs", kernel=kernel)] = [unbroken(big(both[i].macs)) for both in pairs.values()]
    table = {kind: list(column) for kind, *column in zip(kinds, *rows.values(), strict=True)}  # a phone has room for three kinds
    with st.container(key="named_rows_costs"):
        st.table({words.labels["col_what"]: list(rows)} | table, hide_index=True, alt=words.labels["cost_alt"])
    explain(words, "width")


_EXAMPLES = (("narrow", 256, 64), ("widen", 64, 256), ("keep", 256, 256))


def _shape(channels: int) -> str:
    return shape_text((channels, 32, 32))
