"""What the gradient page compares: a plain network and its residual twin, chosen by depth, BN and initialisation."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, NamedTuple

import streamlit as st

from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.studies.race import network as raced
from resnet_viz.text import Lesson, lesson
from resnet_viz.ui.kit import network_picker, url_state
from resnet_viz.ui.kit.shared_params import SEED
from resnet_viz.ui.lessons.gradients.params import DEPTH, INIT, NORM, PIXELS, SKIPS

DEPTHS = (8, 20, 32, 44, 56, 110)
DASHES = {"residual": 0, "plain": 1, "branch": 2}
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

    def made(self, words: Lesson) -> str:
        """What the networks are called together: untrained, with BN or without, and how their weights were drawn."""
        return words.say(f"made_{self.spec.norm}", init=lesson("network", words.language).labels[f"init_{self.spec.init}"])

    def name(self, spec: ResNetSpec, words: Lesson) -> str:
        """What a line is called."""
        kept = sum(spec.has_skip(block) for block in spec.blocks)
        return words.say(kind(spec), depth=spec.depth, kept=kept, all=len(spec.blocks))


def kind(spec: ResNetSpec) -> Literal["plain", "residual", "some"]:
    """How many of its skips a network has: none, all or some."""
    return {"none": "plain", "all": "residual"}.get(str(spec.skips), "some")  # type: ignore[return-value]


def tone(spec: ResNetSpec) -> Tone:
    """The colour of a network's line."""
    found = kind(spec)
    return "branch" if found == "some" else found


def default_spec() -> ResNetSpec:
    """The residual network that the page opens with."""
    return raced(DEPTH.default)


def choose(words: Lesson, place: str) -> None:
    """Depth and BN, beside each picture that they change; `place` tells their widgets apart."""
    spec, fields = current(), network_picker.labels()
    url_state.control(
        st.select_slider,
        words.labels["depth"],
        sorted({*DEPTHS, spec.depth}),
        value=spec.depth,
        then=_take_depth,
        key=f"depth_{place}",
    )
    url_state.control(
        st.segmented_control,
        fields["norm"],
        NORM.options,
        value=url_state.get(NORM),
        then=lambda norm: url_state.put(NORM, norm or url_state.get(NORM)),
        key=f"norm_{place}",
        format_func=url_state.labels(fields, "norm_"),
    )


def choose_initialisation() -> None:
    """How the weights are drawn."""
    fields = network_picker.labels()
    url_state.view(st.selectbox, fields["init"], of=INIT, format_func=url_state.labels(fields, "init_"), help=fields["init_help"])


def tell_stories(words: Lesson) -> None:
    """The two folk stories, each with the settings under which it is true; the one that is shown is ticked."""
    with st.container(horizontal=True):
        for name, story in {"explode": ("batch", "he"), "vanish": ("none", "xavier")}.items():
            is_told = (url_state.get(NORM), url_state.get(INIT)) == story
            icon = ":material/check_circle:" if is_told else None
            st.button(words.labels[f"story_{name}"], key=f"w_story_{name}", icon=icon, on_click=_tell, args=story)


def chosen() -> Setup:
    """The networks and pictures that this session has chosen."""
    return Setup(current(), url_state.get(PIXELS), url_state.get(SEED))


def current() -> ResNetSpec:
    """The network this session has chosen: its depth, BN, initialisation and skips."""
    spec = replace(raced(url_state.get(DEPTH)), norm=url_state.get(NORM), init=url_state.get(INIT))
    cut = url_state.get(SKIPS)
    is_there = isinstance(cut, str) or cut <= {*spec.blocks}
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
