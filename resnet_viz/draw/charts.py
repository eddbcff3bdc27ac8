"""Curves and bars, in Plotly: numbers in, figure out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from resnet_viz.nets.plan import Plan

BLUE, VERMILION, SLATE = "#0072B2", "#D55E00", "#64748B"


def stage_bars(
    plans: Sequence[Plan],
    names: Sequence[str],
    parts: Sequence[Sequence[str]],
    words: Mapping[str, str],
    *,
    upright: bool = False,
) -> go.Figure:
    """Parameters, multiply-adds and activation memory, part by part, for one network or two side by side.

    `parts` are the labels of each plan's stem, stages and head. The first network is blue, or vermilion where it is plain;
    the second, always on the right, is pale slate with an outline. On phones (`upright`) the three stand below each other.
    """
    titles = [words["chart_params"], words["chart_macs"], words["chart_memory"]]
    rows, columns = (3, 1) if upright else (1, 3)
    figure = make_subplots(rows, columns, subplot_titles=titles, horizontal_spacing=0.07, vertical_spacing=0.12)
    for i, (p, name, labels) in enumerate(zip(plans, names, parts, strict=True)):
        own = VERMILION if p.spec.skips == "none" else BLUE
        costs = [
            [part.params / 1e6 for part in p.parts],
            [part.macs / 1e9 for part in p.parts],
            [part.activation_bytes / 2**20 for part in p.parts],
        ]
        for column, values in enumerate(costs, 1):
            bar = go.Bar(
                x=list(labels),
                y=values,
                name=name,
                legendgroup=str(i),
                showlegend=column == 1,
                marker={
                    "color": SLATE if i else own,
                    "opacity": 0.55 if i else 1.0,
                    "line": {"color": SLATE if i else own, "width": 2},
                },
                hovertemplate="%{x}: %{y:.4~g}<extra>" + name.replace("<", "&lt;") + "</extra>",
            )
            figure.add_trace(bar, *((column, 1) if upright else (1, column)))
    figure.update_layout(
        height=760 if upright else 300,
        margin={"l": 8, "r": 8, "t": 40, "b": 8},
        barmode="group",
        bargap=0.25,
        legend={"orientation": "h", "y": -0.06 if upright else -0.18, "x": 0},
        font={"size": 14},
    )
    figure.update_yaxes(rangemode="tozero", nticks=4)
    return figure
