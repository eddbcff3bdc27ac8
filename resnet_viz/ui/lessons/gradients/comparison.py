"""What the gradient page compares: a plain network and its residual twin, chosen by depth, BN and initialisation."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, NamedTuple

import streamlit as st

from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.studies.race import network as raced
from resnet_viz.text import Lesson
from resnet_viz.ui.kit import network_picker, url_state
from resnet_viz.ui.kit.shared_params import SEED
from resnet_viz.ui.lessons.gradients.params import DEPTH, INIT, NORM, PIXELS, SKIPS

DEPTHS = (8, 20, 32, 44, 56, 110)
DASHES = {"plain": 0, "residual": 1, "branch": 2}
Tone = Literal["plain", "residual", "branch"]


class Setup(NamedTuple):
    """What is compared: the plain network, the residual one, and `spec` itself where it has kept some of its skips."""

    spec: ResNetSpec
    side: int
    """Side of the pictures, in pixels."""
    seed: int

    @property
    def data(self) -> str:
        """The pictures, as the lab calls them."""
        return "shapes" if self.side == 16 else "shapes-large"

    @property
    def networks(self) -> tuple[ResNetSpec, ...]:
        """Plain, residual, and the one in between if there is one."""
        return tuple(dict.fromkeys((self.spec.plain(), self.spec.residual(), self.spec)))

    def name(self, spec: ResNetSpec, words: Lesson) -> str:
        """What a line is called."""
        kept = sum(spec.has_skip(block) for block in spec.blocks)
        kind = {"none": "plain", "all": "residual"}.get(str(spec.skips), "some")
        return words.say(kind, depth=spec.depth, kept=kept, all=len(spec.blocks))


def tone(spec: ResNetSpec) -> Tone:
    """The colour of a network's line."""
    return {"none": "plain", "all": "residual"}.get(str(spec.skips), "branch")  # type: ignore[return-value]


def default_spec() -> ResNetSpec:
    """The lab's residual network of depth 56."""

    return raced(56)


def choose(words: Lesson) -> Setup:
    """Depth, BN and initialisation; the two folk stories as presets."""
    spec = current()
    say, fields = words.labels, network_picker.labels()
    one, two, three, four = st.columns([3, 2, 2, 2], gap="medium")
    with one:
        url_state.control(
            st.select_slider,
            say["depth"],
            sorted({*DEPTHS, spec.depth}),
            value=spec.depth,
            then=_take_depth,
            key=DEPTH.name,
        )
    with two:
        url_state.view(st.segmented_control, fields["norm"], of=NORM, format_func=url_state.labels(fields, "norm_"))
    with three:
        url_state.view(st.selectbox, fields["init"], of=INIT, format_func=url_state.labels(fields, "init_"))
    with four:
        url_state.view(
            st.segmented_control,
            say["side"],
            of=PIXELS,
            format_func=lambda v: f"{v} px",
        )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(say["stories"], width="content")
        for name, story in {"explode": ("batch", "he"), "vanish": ("none", "xavier")}.items():
            st.button(say[f"story_{name}"], key=f"w_story_{name}", on_click=_tell, args=story)
    return Setup(spec, url_state.get(PIXELS), url_state.get(SEED))


def current() -> ResNetSpec:
    """The network this session has chosen: its depth, BN, initialisation and skips."""
    from resnet_viz.studies.race import network as raced

    spec = replace(raced(url_state.get(DEPTH)), norm=url_state.get(NORM), init=url_state.get(INIT))
    chosen = url_state.get(SKIPS)
    is_there = isinstance(chosen, str) or chosen <= {*spec.blocks}
    skips = url_state.fitting(SKIPS, is_there, "no_skips", blocks=spec.block_range)
    return replace(spec, skips=skips if isinstance(skips, str) else frozenset(spec.blocks) - skips)


def _take_depth(depth: int) -> None:
    url_state.put(DEPTH, depth)
    url_state.put(SKIPS, "all")


def _tell(norm: str, init: str) -> None:
    """One of the folk stories, at the depth and with the skips that the page opens with."""
    _take_depth(DEPTH.default)
    url_state.put(NORM, norm)
    url_state.put(INIT, init)
