"""The network's diagram with every block in the colour of its gradient."""

from __future__ import annotations

import numpy as np
import streamlit as st

from resnet_viz.nets.plan import plan
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.text import Lesson
from resnet_viz.ui.kit import network_picker, url_state
from resnet_viz.ui.kit.figures import figure
from resnet_viz.ui.kit.numbers import scientific
from resnet_viz.ui.lessons.gradients.comparison import Setup, kind
from resnet_viz.ui.lessons.gradients.norms import norms
from resnet_viz.ui.lessons.gradients.params import SKIPS, WHICH, cut


def show(setup: Setup, words: Lesson) -> None:
    """The diagram of one network; a click on an arc removes that skip."""
    specs = {kind(spec): spec for spec in setup.networks}
    which = url_state.get(WHICH)
    shown = which if which in specs else [*specs][-1]
    url_state.control(
        st.segmented_control,
        words.labels["which"],
        list(specs),
        value=shown,
        then=lambda chosen: url_state.put(WHICH, chosen or shown),
        key="flow_which",
        format_func=lambda name: setup.name(specs[name], words),
        label_visibility="collapsed",
    )
    every = {name: norms(str(spec), setup.data, setup.seed).blocks() for name, spec in specs.items()}
    sizes = [block.output_grad_norm for blocks in every.values() for block in blocks if block.output_grad_norm > 0] or [1.0]
    low, high = np.log10(min(sizes)), np.log10(max(sizes))

    def take(changed: ResNetSpec) -> None:
        """What has been cut is shown, and the next cut is made in it."""
        url_state.put(SKIPS, cut(changed))
        url_state.put(WHICH, kind(changed))

    def shade(size: float) -> tuple[float, str]:
        return float((np.log10(size) - low) / max(high - low, 1e-9)) if size else 0.0, scientific(size)

    with figure("diagram", words.labels["diagram_caption"], kind="measured", note=setup.made(words)):
        network_picker.show_diagram(
            plan(specs[shown], setup.side),
            key="flow_diagram",
            hint=words.say("diagram_said", low=scientific(min(sizes)), high=scientific(max(sizes))),
            take=take,
            shades={block.name: shade(block.output_grad_norm) for block in every[shown]},
        )
