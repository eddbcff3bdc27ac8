"""The project's colours: the same meaning on every page.

The components' scripts have theirs in `ui/components/shared/palette.js`, style sheets in their variables, Streamlit's theme in
`.streamlit/config.toml`; a test holds all of them to these.
"""

from __future__ import annotations

BLUE, BLUE_ON_DARK = "#0072B2", "#4DA8DA"
"""Shortcuts and residual networks."""
VERMILION = "#D55E00"
"""Plain networks."""
GREEN, GREEN_ON_DARK = "#009E73", "#35C39A"
"""Projections."""
PURPLE = "#CC79A7"
"""1×1 convolutions."""
SLATE, SLATE_ON_DARK = "#64748B", "#9AA7B8"
"""3×3 convolutions, residual branches."""
GREY = "#9CA3AF"
"""Batch normalisation."""
AMBER = "#E69F00"
"""ReLU."""
ON_DARK = {BLUE: BLUE_ON_DARK, GREEN: GREEN_ON_DARK, SLATE: SLATE_ON_DARK}
"""Which colour stands for another on dark ground; all others are the same there."""
