"""What every chart in Plotly shares: words that are legible from the back row, and lines across.

Figures have the colours of light ground. On dark ground the page's style, `ui/static/app.css`, puts those of `palette.ON_DARK` in
their place.
"""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from resnet_viz.draw.palette import SLATE

TEXT = 15
"""Pixels of every word in a chart: legible from the back row."""


def legible(figure: go.Figure) -> go.Figure:
    """The same figure with every text of its own size `TEXT`, where it has not been given a larger one.

    Streamlit's theme gives ticks, titles and legends 12 to 14 px whatever `layout.font` says; only a size set at each holds.
    """
    font = {"size": TEXT}
    figure.update_layout(font=font, legend_font=font, hoverlabel_font=font)
    figure.update_xaxes(tickfont=font, title_font=font)
    figure.update_yaxes(tickfont=font, title_font=font)
    figure.update_traces(colorbar_tickfont=font, selector={"type": "heatmap"})
    figure.for_each_annotation(lambda note: note.update(font={"size": max(TEXT, note.font.size or TEXT)}))
    return figure


class KeptFigure(go.Figure):  # type: ignore[misc]
    """A chart that many are shown: it is taken apart once, not for each of them. Never change it."""

    _taken_apart: dict[str, Any] | None = None

    def to_dict(self) -> dict[str, Any]:
        if self._taken_apart is None:
            self._taken_apart = super().to_dict()
        return self._taken_apart


def add_level(figure: go.Figure, at: float, name: str) -> None:
    """A dotted line across, with its name on it."""
    line = {"dash": "dot", "width": 1.5, "color": SLATE}
    figure.add_hline(at, line=line, annotation_text=name, annotation_position="top left")
