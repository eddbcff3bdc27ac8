"""Which block is taken apart, and what makes one block differ from another."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from resnet_viz.nets.spec import CHOICES, ResNetSpec
from resnet_viz.text import Lesson
from resnet_viz.ui.kit import network_picker, url_state
from resnet_viz.ui.lessons.block.params import BLOCK, BRANCH

if TYPE_CHECKING:
    pass


def choose_block(spec: ResNetSpec, words: Lesson, container: Any) -> str:
    """The block to take apart: the chosen one, else the first with an identity shortcut."""
    plain = next((shape.name for shape in spec.geometry() if shape.shortcut_option == "identity"), spec.blocks[0])
    block = url_state.fitting(BLOCK, url_state.get(BLOCK) in spec.blocks, "no_block", blocks=spec.block_range) or plain
    label, take = words.labels["block"], lambda name: url_state.put(BLOCK, name)
    url_state.control(container.selectbox, label, list(spec.blocks), value=block, then=take, key="block")
    return str(block)


def choose_variant(spec: ResNetSpec, block: str, words: Lesson) -> None:
    """The skip, the order, BN, the silent branch: what makes one block differ from another."""
    say, fields = words.labels, network_picker.labels()

    def change(**given: Any) -> None:
        network_picker.take_network(replace(spec, **given))

    one, two, three, four = st.columns(4)
    with one:
        url_state.control(
            st.segmented_control,
            say["skip"],
            [True, False],
            value=spec.has_skip(block),
            then=lambda v: None if v is None else network_picker.take_network(spec.with_skip(block, v)),
            key="block_skip",
            format_func=lambda v: say["skip_on" if v else "skip_off"],
        )
    with two:
        url_state.view(
            st.segmented_control,
            say["branch"],
            of=BRANCH,
            format_func=url_state.labels(say, "branch_"),
            help=say["branch_help"],
        )
    with three:
        url_state.control(
            st.segmented_control,
            fields["order"],
            list(CHOICES["order"]),
            value=spec.order,
            then=lambda v: change(order=v) if v else None,
            key="block_order",
            format_func=url_state.labels(fields, "order_"),
        )
    with four:
        url_state.control(
            st.segmented_control,
            fields["norm"],
            list(CHOICES["norm"]),
            value=spec.norm,
            then=lambda v: change(norm=v, zero_gamma=spec.zero_gamma and v == "batch") if v else None,
            key="block_norm",
            format_func=url_state.labels(fields, "norm_"),
        )
