"""Every layer with its shapes and its cost, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from resnet_viz.nets.plan import Layer, Plan
from resnet_viz.text import Lesson
from resnet_viz.ui.kit.numbers import shape_text


def show(p: Plan, words: Lesson) -> None:
    """Every layer, sortable. It travels only once it is opened."""
    box = st.expander(words.labels["table"], icon=":material/table_rows:", on_change="rerun", key="w_table")
    if box.open:
        with box:
            wide = {words.labels[f"col_{key}"]: st.column_config.Column(width="medium") for key in ("name", "reads")}
            st.dataframe(_columns(p.layers, words), hide_index=True, height=420, column_config=wide)


def _columns(layers: Sequence[Layer], words: Lesson) -> dict[str, list[Any]]:
    columns: dict[str, Any] = {
        "name": lambda x: x.name,
        "kind": lambda x: x.kind,
        "kernel": lambda x: x.kernel,
        "stride": lambda x: x.stride,
        "groups": lambda x: x.groups,
        "in": lambda x: shape_text(x.in_shape),
        "out": lambda x: shape_text(x.out_shape),
        "params": lambda x: x.params,
        "macs": lambda x: x.macs,
        "memory": lambda x: x.activation_bytes,
        "reads": lambda x: ", ".join(x.inputs),
    }
    return {words.labels[f"col_{key}"]: [value(layer) for layer in layers] for key, value in columns.items()}
