"""The network's diagram with every block in the colour of its gradient."""

from __future__ import annotations

import numpy as np
import streamlit as st

from resnet_viz.nets.plan import plan
from resnet_viz.text import Lesson
from resnet_viz.ui.kit import network_picker, url_state
from resnet_viz.ui.kit.figures import figure
from resnet_viz.ui.kit.numbers import scientific
from resnet_viz.ui.lessons.gradients.comparison import Setup
from resnet_viz.ui.lessons.gradients.norms import norms
from resnet_viz.ui.lessons.gradients.params import SKIPS, cut


def show(setup: Setup, words: Lesson) -> None:
    """The diagram of one network; a click on an arc removes that skip."""
    specs = setup.networks
    which = st.segmented_control(
        words.labels["which"],
        range(len(specs)),
        default=len(specs) - 1,
        key="w_flow_which",
        format_func=lambda i: setup.name(specs[i], words),
        label_visibility="collapsed",
    )
    spec = specs[which if which is not None and which < len(specs) else -1]
    every = [norms(str(other), setup.data, setup.seed).blocks() for other in specs]
    sizes = [block.output_grad_norm for blocks in every for block in blocks if block.output_grad_norm > 0] or [1.0]
    low, high = np.log10(min(sizes)), np.log10(max(sizes))

    def shade(size: float) -> tuple[float, str]:
        return float((np.log10(size) - low) / max(high - low, 1e-9)) if size else 0.0, scientific(size)

    with figure("diagram", words.labels["diagram_caption"], kind="measured", note=setup.made(words)):
        network_picker.show_diagram(
            plan(spec, setup.side),
            key="flow_diagram",
            hint=words.say("diagram_said", low=scientific(min(sizes)), high=scientific(max(sizes))),
            take=lambda changed: url_state.put(SKIPS, cut(changed)),
            shades={block.name: shade(block.output_grad_norm) for block in every[specs.index(spec)]},
        )
