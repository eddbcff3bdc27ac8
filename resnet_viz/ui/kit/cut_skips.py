"""Skips that are removed from the network of a page are that page's experiment: they stay behind when another page is opened."""

from __future__ import annotations

import streamlit as st

from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.ui.kit import url_state
from resnet_viz.ui.kit.shared_params import NETWORK

_OWN = "own_networks"


def note_own(network: ResNetSpec) -> None:
    """The page shows this network where nobody has chosen one."""
    st.session_state.setdefault(_OWN, set()).add(network)


def leave_behind() -> None:
    """Where another page has just been opened without a link: the chosen network with all its skips, or none chosen if that is
    what the page before had shown by itself. A network without any skip is a choice of its own and goes along."""
    if not url_state.comes_without_link():
        return
    own = st.session_state.pop(_OWN, set())
    spec = url_state.get(NETWORK)
    if spec and not isinstance(spec.skips, str):
        url_state.put(NETWORK, None if spec.residual() in own else spec.residual())
