"""What down-sampling does to the cost of a block, and which blocks of ResNet-18 and ResNet-50 project."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import streamlit as st

from resnet_viz.nets.plan import Plan, plan
from resnet_viz.nets.presets import preset
from resnet_viz.text import Lesson
from resnet_viz.ui.kit import network_picker
from resnet_viz.ui.kit.numbers import big, shape_text


def level(p: Plan, words: Lesson) -> str:
    """What a block costs in each stage, and how much it puts out."""
    typical = [stage.blocks[-1] for stage in p.stages]
    if len(typical) < 2:
        return words.labels["level_one"]
    costs = ", ".join(big(sum(layer.macs for layer in block.layers if ".downsample" not in layer.name)) for block in typical)
    volumes = ", ".join(f"{shape_text(b.out_shape)} = {np.prod(b.out_shape):,}" for b in typical)
    return words.say("level", costs=costs, volumes=volumes)


def who_projects(words: Lesson) -> None:
    """The blocks of ResNet-18 and ResNet-50 whose shortcut is not the identity."""
    say = words.labels
    st.subheader(say["who_title"], anchor=False)
    for column, name in zip(st.columns(2, gap="large"), ("resnet18", "resnet50"), strict=True):
        blocks = [b for b in plan(preset(name), 224).blocks if b.shortcut == "projection"]
        with column:
            st.markdown(f"**{network_picker.labels()[f'net_{name}']}**")
            st.table(
                {
                    say["col_block"]: [b.name for b in blocks],
                    "x": [shape_text(b.in_shape) for b in blocks],
                    "P(x)": [shape_text(b.out_shape) for b in blocks],
                    say["col_stride"]: [b.stride for b in blocks],
                }
            )
    first, second = (plan(replace(preset("resnet50"), stride_on=on), 224) for on in ("1x1", "3x3"))
    st.markdown(words.say("v1", v1=big(first.macs, 2), v15=big(second.macs, 2), more=second.macs / first.macs - 1))
