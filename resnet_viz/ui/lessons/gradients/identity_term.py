"""The identity term: what comes back through the shortcuts alone, and what the residual branches add to it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.text import Lesson
from resnet_viz.ui.components.layer_profiles import Profile, ProfileView, profiles
from resnet_viz.ui.kit.figures import badge
from resnet_viz.ui.kit.turns import measuring
from resnet_viz.ui.lessons.gradients.comparison import Setup
from resnet_viz.ui.lessons.gradients.norms import BATCH, batch

if TYPE_CHECKING:
    from resnet_viz.probes.gradients import IdentityTerm

VIEWS = (ProfileView("terms"),)


@st.cache_data(max_entries=64, show_spinner=False)
def terms(net: str, data: str, seed: int) -> tuple[IdentityTerm, ...]:
    """Both terms for every block, in the pre-activation network: the equation holds there exactly."""
    from resnet_viz.nets.resnet import build
    from resnet_viz.probes.gradients import identity_terms

    with measuring():
        return identity_terms(build(ResNetSpec.parse(net), seed), *batch(data, BATCH // 4))


def show(setup: Setup, words: Lesson) -> None:
    """The two terms and their sum, block by block."""
    found = terms(str(replace(setup.spec.residual(), order="pre")), setup.data, setup.seed)
    labels = [term.block for term in found]
    lines = [
        Profile(words.labels["term_identity"], "residual", labels, [[[term.identity for term in found]]]),
        Profile(words.labels["term_branches"], "branch", labels, [[[term.branches for term in found]]], dash=1),
        Profile(words.labels["term_total"], "total", labels, [[[term.total for term in found]]], dash=2),
    ]
    profiles(lines, views=VIEWS, words=words.labels, key="identity_profiles", axis="blocks")
    badge("measured", words.say("measured_on", batch=BATCH // 4, side=setup.side))
    first = found[0]
    st.markdown(
        words.say(
            "terms_said",
            block=first.block,
            identity=first.identity,
            branches=first.branches,
            total=first.total,
            share=first.identity / first.total if first.total else 0.0,
            cosine=first.cosine,
        )
    )
