"""Responses layer by layer, and corrections block by block, in Plotly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from resnet_viz.draw.charts import legible
from resnet_viz.draw.palette import BLUE, SLATE, VERMILION

_LAYOUT = {"height": 400, "margin": {"l": 8, "r": 8, "t": 36, "b": 8}}


class Response(NamedTuple):
    """One network's responses."""

    name: str
    depth: int
    plain: bool
    stds: Sequence[float]
    """Standard deviation of each layer's response, in network order."""
    ratios: Sequence[float]
    """‖F(x)‖ / ‖x‖ of each block with a shortcut."""


def response_figure(found: Sequence[Response], words: Mapping[str, str]) -> go.Figure:
    """The standard deviations of all networks by layer.

    Plain networks are vermilion and dashed with round marks, residual ones blue and solid with square ones; of two of a kind the
    deeper one is drawn heavier.
    """
    figure = go.Figure()
    deepest = max(one.depth for one in found)
    for one in found:
        figure.add_scatter(
            x=list(range(1, len(one.stds) + 1)),
            y=list(one.stds),
            name=one.name,
            mode="lines+markers",
            line={
                "color": VERMILION if one.plain else BLUE,
                "width": 3 if one.depth == deepest else 1.5,
                "dash": "dash" if one.plain else "solid",
            },
            marker={"symbol": "circle" if one.plain else "square", "size": 6},
            hovertemplate="%{x}: %{y:.2f}<extra>" + one.name + "</extra>",
        )
    figure.update_xaxes(title=words["axis_layer"])
    figure.update_yaxes(rangemode="tozero", nticks=5)
    figure.update_layout(**_LAYOUT, legend={"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0})
    return legible(figure)


def ratio_figure(found: Sequence[Response], words: Mapping[str, str], *, shown: bool = True) -> go.Figure:
    """The corrections of each residual network by block, on one scale; a dotted line where F(x) is as long as x. Where they are
    not to be `shown` yet, the axes alone."""
    residual = [one for one in found if not one.plain]
    titles = [words["chart_ratios"].format(name=one.name) for one in residual]
    figure = make_subplots(len(residual), 1, subplot_titles=titles, vertical_spacing=0.2, shared_yaxes="all")
    for row, one in enumerate(residual, 1):
        bars = go.Bar(
            x=list(range(1, len(one.ratios) + 1)),
            y=list(one.ratios) if shown else [None] * len(one.ratios),
            marker={"color": BLUE},
            name=one.name,
            hovertemplate="%{x}: %{y:.2f}<extra>" + one.name + "</extra>",
        )
        figure.add_trace(bars, row, 1)
        figure.add_hline(1, line={"dash": "dot", "width": 1.5, "color": SLATE}, row=row, col=1)
    figure.update_xaxes(title=words["axis_block"], row=len(residual), col=1)
    high = max(ratio for one in residual for ratio in one.ratios) if shown else 3
    figure.update_yaxes(range=[0, 1.08 * high], nticks=5)
    figure.update_layout(**_LAYOUT, showlegend=False)
    return legible(figure)
