"""Curves and bars, in Plotly: numbers in, figure out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from resnet_viz.draw.palette import BLUE, VERMILION
from resnet_viz.nets.plan import Plan

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


def stage_bars(
    plans: Sequence[Plan],
    names: Sequence[str],
    parts: Sequence[Sequence[str]],
    words: Mapping[str, str],
    *,
    upright: bool = False,
) -> go.Figure:
    """Parameters, multiply-adds and activation memory, part by part, for one network or two side by side.

    `parts` are the labels of each plan's stem, stages and head; the axis has short ones. A network with shortcuts is blue, a
    plain one vermilion; the first is filled, the second, always on the right, hatched. On phones (`upright`) the three stand
    below each other.
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
                marker={"color": own, "pattern": {"shape": "/" if i else ""}, "line": {"color": own, "width": 2}},
                hovertemplate="%{x}: %{y:.4~g}<extra>" + name.replace("<", "&lt;") + "</extra>",
            )
            figure.add_trace(bar, *((column, 1) if upright else (1, column)))
    figure.update_layout(
        height=800 if upright else 330,
        margin={"l": 8, "r": 8, "t": 64, "b": 8},
        barmode="group",
        bargap=0.25,
        legend={"orientation": "h", "yref": "container", "y": 1, "yanchor": "top", "x": 0},
    )
    short = {
        label: words.get(f"chart_{part.name}", part.name[-1])
        for p, labels in zip(plans, parts, strict=True)
        for part, label in zip(p.parts, labels, strict=True)
    }
    figure.update_xaxes(tickangle=0, tickvals=list(short), ticktext=list(short.values()))
    figure.update_xaxes(title=words["chart_axis"], row=rows)
    figure.update_yaxes(rangemode="tozero", nticks=4)
    return legible(figure)
