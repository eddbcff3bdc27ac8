"""The keys of a presenter's remote lead to the next page and back; nothing is shown."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from resnet_viz.ui.components.bundle import script
from resnet_viz.ui.components.reports import Report, mount, whole

_component = st.components.v2.component("resnet_viz_remote", html="<span></span>\n", js=script("remote/remote.js"))


def remote(*, key: str, on_step: Callable[[int], None]) -> None:
    """Listen to the keys. `on_step` receives 1 for on and -1 for back."""
    mount(_component, key, {}, step=Report(whole(-1, 1), on_step))
