"""Which blocks of ResNet-18 and ResNet-50 project, and the whole network of the page."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import streamlit as st

from resnet_viz.nets.plan import Plan, plan
from resnet_viz.nets.presets import preset, short_name
from resnet_viz.text import Lesson
from resnet_viz.ui.kit import network_picker
from resnet_viz.ui.kit.figures import Download, figure
from resnet_viz.ui.kit.numbers import big, shape_text
from resnet_viz.ui.kit.prose import explain
from resnet_viz.ui.kit.words import text


def level(p: Plan, words: Lesson) -> str:
    """What a block costs in each stage, and how much it puts out."""
    typical = [stage.blocks[-1] for stage in p.stages]
    if len(typical) < 2:
        return words.labels["level_one"]
    costs = words.listed(big(sum(layer.macs for layer in block.layers if not layer.on_shortcut)) for block in typical)
    volumes = words.listed(f"{shape_text(b.out_shape)} = {np.prod(b.out_shape):,}" for b in typical)
    return words.say("level", costs=costs, volumes=volumes)


def whole_network(words: Lesson) -> None:
    """The diagram of the network that is chosen, and what its stages cost."""
    spec = network_picker.current(preset("resnet34"))
    p = plan(spec, network_picker.current_size(spec))
    name = short_name(spec)
    drawn: list[str] = []
    files = [Download(words.labels["file_svg"], f"{name}.svg", "image/svg+xml", lambda: drawn[0])]
    with figure("network", caption=network_picker.title(spec), files=files):
        drawn.append(network_picker.show_diagram(p, key="diagram_shortcuts", hint=text("build").labels["hint"]).svg)
    st.markdown(level(p, words))


def who_projects(words: Lesson) -> None:
    """The blocks of ResNet-18 and ResNet-50 whose shortcut is not the identity."""
    say = words.labels
    for column, name in zip(st.columns(2, gap="large"), ("resnet18", "resnet50"), strict=True):
        blocks = [b for b in plan(preset(name), 224).blocks if b.shortcut == "projection"]
        with column:
            st.markdown(f"**{network_picker.labels()[f'net_{name}']}**")
            st.table(
                {
                    say["col_block"]: [b.name for b in blocks],
                    "x": [shape_text(b.in_shape) for b in blocks],
                    "P(x)": [shape_text(b.out_shape) for b in blocks],
                    say["col_stride"]: [str(b.stride) for b in blocks],
                }
            )
    first, second = (plan(replace(preset("resnet50"), stride_on=on), 224) for on in ("1x1", "3x3"))
    st.markdown(words.say("v1", v1=big(first.macs, 2), v15=big(second.macs, 2), more=second.macs / first.macs - 1))
    explain(words, "projects")
