"""The identity term: what comes back through the shortcuts alone, and what the residual branches add to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from resnet_viz.csv_table import table
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.text import Lesson
from resnet_viz.ui.components.layer_profiles import Profile, ProfileView, profiles
from resnet_viz.ui.kit.figures import Download, figure
from resnet_viz.ui.kit.prose import explain
from resnet_viz.ui.kit.turns import measuring
from resnet_viz.ui.lessons.gradients.comparison import Setup
from resnet_viz.ui.lessons.gradients.norms import BATCH, batch
from resnet_viz.ui.lessons.gradients.verdict import terms_sentence

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
    explain(words, "identity")
    found = terms(str(replace(setup.spec.residual(), order="pre")), setup.data, setup.seed)
    labels = [term.block for term in found]
    lines = [
        Profile(words.labels["term_identity"], "residual", labels, [[[term.identity for term in found]]]),
        Profile(words.labels["term_branches"], "branch", labels, [[[term.branches for term in found]]], dash=1),
        Profile(words.labels["term_total"], "total", labels, [[[term.total for term in found]]], dash=2),
    ]
    note = words.separated(",", (setup.made(words), words.say("measured_on", batch=BATCH // 4, side=setup.side)))
    files = [Download(words.labels["file_terms"], "identity.csv", "text/csv", partial(_numbers, found))]
    with figure("identity", words.labels["terms_caption"], kind="measured", note=note, files=files):
        profiles(lines, views=VIEWS, words=words.labels, key="identity_profiles", axis="terms")
    first = found[0]
    said = terms_sentence(first.block, first.identity, first.branches, first.total, first.cosine, words)
    st.markdown(words.joined((words.say("these", made=setup.made(words)), said)))


def _numbers(found: Sequence[IdentityTerm]) -> str:
    """CSV: a row a block."""
    return table([["block", "identity", "branches", "total", "cosine"], *([str(value) for value in term] for term in found)])
