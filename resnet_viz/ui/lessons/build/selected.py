"""The numbers of the stage, block or layer that is selected on the diagram."""

from __future__ import annotations

from typing import Any

import streamlit as st

from resnet_viz.nets.plan import Layer, Plan
from resnet_viz.nets.receptive_fields import receptive_fields
from resnet_viz.text import Lesson
from resnet_viz.ui.kit import url_state
from resnet_viz.ui.kit.numbers import shape_text
from resnet_viz.ui.kit.shared_params import PICK


def show(p: Plan, words: Lesson) -> None:
    """The numbers of what is selected on the diagram."""
    found = _find(p, url_state.get(PICK))
    if found is None:
        return
    name, thing = found
    say = words.labels
    kind = thing.label if isinstance(thing, Layer) else name
    field = receptive_fields(p.spec).get(thing.name if isinstance(thing, Layer) else thing.layers[-1].name)
    facts = [
        (say["selected"], name if kind == name else f"{name} · {kind}"),
        (say["reads"], shape_text(thing.in_shape)),
        (say["writes"], shape_text(thing.out_shape)),
        (say["params"], f"{thing.params:,}"),
        (say["macs"], f"{thing.macs:,}"),
        (say["field"], words.say("field_value", size=field.size) if field else say["field_all"]),
    ]
    with st.container(border=True, horizontal=True, key="selected", gap="large"):
        for label, value in facts:
            st.markdown(f":small[{label}]  \n**{value}**", width="content")


def _find(p: Plan, name: str) -> tuple[str, Any] | None:
    for part in p.parts:
        if part.name == name:
            return name, part
    if name in p.spec.blocks:
        return name, p.block(name)
    return (name, p.by_name[name]) if name in p.by_name else None
