"""Which block is taken apart, and what makes one block differ from another."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from resnet_viz.nets.spec import CHOICES, ResNetSpec
from resnet_viz.text import Lesson
from resnet_viz.ui.kit import image_input, inference, network_picker, url_state, weights_picker
from resnet_viz.ui.kit.words import text
from resnet_viz.ui.lessons.block.params import BLOCK, BRANCH, STEP

LAST_STEP = 20
"""More than any block has: the component stops at its last one."""


def chosen_block(spec: ResNetSpec) -> str:
    """The block to take apart: the chosen one, else the first with an identity shortcut that is whole."""
    shapes = [shape for shape in spec.geometry() if shape.shortcut_option == "identity"]
    whole = [shape.name for shape in shapes if not is_cut_short(spec, shape.name)]
    default = next(iter([*whole, *(shape.name for shape in shapes), *spec.blocks]))
    return url_state.fitting(BLOCK, url_state.get(BLOCK) in spec.blocks, "no_block", blocks=spec.block_range) or default


def is_cut_short(spec: ResNetSpec, block: str) -> bool:
    """Whether a block lacks its first BN and ReLU: the first one of a pre-activation network, whose stem ends with them."""
    return spec.order == "pre" and block == spec.blocks[0]


def say_cut_short(spec: ResNetSpec, block: str, words: Lesson) -> None:
    """Of a pre-activation network: what its first block lacks, or why it is not the one that is shown where nobody has chosen."""
    names = {"block": block, "first": spec.blocks[0]}
    if is_cut_short(spec, block):
        keys = ["cut_short", *["later_whole"] * (len(spec.blocks) > 1)]
        st.caption(words.joined(words.say(key, **names) for key in keys))
    elif spec.order == "pre" and url_state.get(BLOCK) == BLOCK.default:
        st.caption(words.say("whole_block", **names))


def choose_ways(spec: ResNetSpec, block: str, words: Lesson, *, answered: bool) -> None:
    """The skip and the branch: kept or removed, as it is or zero. The branch waits until somebody has predicted."""
    say = words.labels
    url_state.control(
        st.segmented_control,
        say["skip"],
        [True, False],
        value=spec.has_skip(block),
        then=lambda v: None if v is None else network_picker.take_network(spec.with_skip(block, v), spec),
        key="block_skip",
        format_func=lambda v: say["skip_on" if v else "skip_off"],
    )
    url_state.view(
        st.segmented_control,
        say["branch"],
        of=BRANCH,
        format_func=url_state.labels(say, "branch_"),
        help=say["branch_help" if answered else "branch_waits"],
        disabled=not answered,
    )


def try_it(words: Lesson) -> None:
    """One press that sets the branch to zero, or back, and goes to where it can be seen."""
    silent = url_state.get(BRANCH) == "zero"

    def press() -> None:
        url_state.put(BRANCH, "full" if silent else "zero")
        url_state.put(STEP, LAST_STEP)

    label = words.labels["try_back" if silent else "try_zero"]
    st.button(label, key="w_try", type="secondary" if silent else "primary", on_click=press, width="stretch")


def choose_more(spec: ResNetSpec, block: str, words: Lesson) -> None:
    """Network, block, weights, order, normalisation and picture: not drawn until it is opened."""
    fold = st.expander(words.labels["more"], key="w_more_block", on_change="rerun", icon=":material/tune:")
    if not fold.open:
        return
    with fold:
        network_picker.choose(spec)
        label = words.labels["block"]
        url_state.control(
            st.selectbox, label, list(spec.blocks), value=block, then=lambda v: url_state.put(BLOCK, v), key="block"
        )
        weights_picker.choose_weights(spec, text("activations"))
        _choose_variant(spec)
        image_input.choose(inference.known_classes(spec))


def _choose_variant(spec: ResNetSpec) -> None:
    fields = network_picker.labels()

    def change(**given: Any) -> None:
        network_picker.take_network(replace(spec, **given), spec)

    url_state.control(
        st.segmented_control,
        fields["order"],
        list(CHOICES["order"]),
        value=spec.order,
        then=lambda v: change(order=v) if v else None,
        key="block_order",
        format_func=url_state.labels(fields, "order_"),
    )
    url_state.control(
        st.segmented_control,
        fields["norm"],
        list(CHOICES["norm"]),
        value=spec.norm,
        then=lambda v: change(norm=v, zero_gamma=spec.zero_gamma and v == "batch") if v else None,
        key="block_norm",
        format_func=url_state.labels(fields, "norm_"),
    )
