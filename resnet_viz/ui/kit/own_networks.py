"""A page's own network, shown where nobody has chosen one. What is done to it, skips that are removed and another input size, is
that page's experiment and stays behind when another page is opened."""

from __future__ import annotations

import streamlit as st

from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.ui import streamlit_internals
from resnet_viz.ui.kit import url_state
from resnet_viz.ui.kit.shared_params import NETWORK, SIZE

_OWN = "own_networks"


def note_own(network: ResNetSpec) -> None:
    """The page shows this network where nobody has chosen one."""
    page, noted = streamlit_internals.page_of_this_run(), _noted()
    st.session_state[_OWN] = (page, noted if network in noted else (*noted, network))


def is_further(network: ResNetSpec) -> bool:
    """Whether a further experiment of this page shows `network` because nobody has chosen one, and the page itself another."""
    return url_state.get(NETWORK) is None and network in _noted()[1:]


def _noted() -> tuple[ResNetSpec, ...]:
    """The own networks of this page, as far as it has been drawn; the page's first."""
    page, noted = st.session_state.get(_OWN, ("", ()))
    return noted if page == streamlit_internals.page_of_this_run() else ()


def leave_behind() -> None:
    """Where another page has just been opened without a link: the chosen network with all its skips, or none chosen if that is
    what the page before had shown by itself. A network without any skip is a choice of its own and goes along. An input size
    goes along with a network that was chosen."""
    if not url_state.comes_without_link():
        return
    _, own = st.session_state.pop(_OWN, ("", ()))
    spec = url_state.get(NETWORK)
    if spec and not isinstance(spec.skips, str):
        url_state.put(NETWORK, None if spec.residual() in own else spec.residual())
    if url_state.get(NETWORK) is None:
        url_state.put(SIZE, None)
