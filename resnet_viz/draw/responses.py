"""Responses layer by layer, and corrections block by block, in Plotly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from resnet_viz.draw.charts import BLUE, VERMILION


class Response(NamedTuple):
    """One network's responses."""

    name: str
    depth: int
    plain: bool
    stds: Sequence[float]
    """Standard deviation of each layer's response, in network order."""
    ratios: Sequence[float]
    """‖F(x)‖ / ‖x‖ of each block with a shortcut."""


def response_figure(found: Sequence[Response], words: Mapping[str, str], *, upright: bool = False) -> go.Figure:
    """Left the standard deviations of all networks by layer, right the ratios of each residual network by block.

    Plain networks are vermilion with round marks, residual ones blue with square ones; the deeper of two is drawn solid and
    the shallower dotted. `upright` puts the parts below each other, for phones.
    """
    residual = [one for one in found if not one.plain]
    titles = [words["chart_stds"], *(words["chart_ratios"].format(name=one.name) for one in residual)]
    if upright:
        places = [(1, 1), *((2 + i, 1) for i in range(len(residual)))]
        figure = make_subplots(1 + len(residual), 1, subplot_titles=titles, vertical_spacing=0.11, row_heights=[2, 1, 1])
    else:
        places = [(1, 1), *((1 + i, 2) for i in range(len(residual)))]
        layout: list[list[dict[str, int] | None]] = [[{"rowspan": len(residual)}, {}], *[[None, {}] for _ in residual[1:]]]
        figure = make_subplots(
            len(residual), 2, specs=layout, subplot_titles=titles, horizontal_spacing=0.09, vertical_spacing=0.24,
            column_widths=[0.58, 0.42],
        )  # fmt: skip
    deepest = max(one.depth for one in found)
    for one in found:
        colour = VERMILION if one.plain else BLUE
        line = {"color": colour, "width": 2.5, "dash": "solid" if one.depth == deepest else "dot"}
        trace = go.Scatter(
            x=list(range(1, len(one.stds) + 1)),
            y=list(one.stds),
            name=one.name,
            mode="lines+markers",
            line=line,
            marker={"symbol": "circle" if one.plain else "square", "size": 6},
            hovertemplate="%{x}: %{y:.2f}<extra>" + one.name + "</extra>",
        )
        figure.add_trace(trace, *places[0])
    for one, place in zip(residual, places[1:], strict=True):
        bars = go.Bar(
            x=list(range(1, len(one.ratios) + 1)),
            y=list(one.ratios),
            marker={"color": BLUE},
            showlegend=False,
            name=one.name,
            hovertemplate="%{x}: %{y:.2f}<extra>" + one.name + "</extra>",
        )
        figure.add_trace(bars, *place)
        figure.add_hline(1, line={"dash": "dot", "width": 1.5}, row=place[0], col=place[1])
        figure.update_xaxes(title=words["axis_block"], row=place[0], col=place[1])
    figure.update_xaxes(title=words["axis_layer"], row=1, col=1)
    figure.update_yaxes(rangemode="tozero", nticks=5)
    most = 1.08 * max((ratio for one in residual for ratio in one.ratios), default=1)
    for place in places[1:]:  # corrections of both networks on one scale
        figure.update_yaxes(range=[0, most], row=place[0], col=place[1])
    figure.update_layout(
        height=940 if upright else 460,
        margin={"l": 8, "r": 8, "t": 64, "b": 8},
        legend={"orientation": "h", "y": 1.06 if upright else 1.1, "yanchor": "bottom", "x": 0},
        font={"size": 15},
    )
    return figure
