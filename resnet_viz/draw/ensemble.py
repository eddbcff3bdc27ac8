"""Deleting many, swapping, and the gradient by length of path, in Plotly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt
from statistics import fmean, stdev
from typing import NamedTuple

import plotly.graph_objects as go

from resnet_viz.draw.charts import add_level, legible
from resnet_viz.draw.palette import BLUE, GREEN, SLATE, VERMILION


class Cloud(NamedTuple):
    """Several errors at each of some places, of one network."""

    name: str
    plain: bool
    points: Mapping[int, Sequence[float]]
    """Errors, 0 to 1, by place on the horizontal axis."""


def clouds(found: Sequence[Cloud], words: Mapping[str, str], *, axis: str, chance: float = 0.9) -> go.Figure:
    """Every error as a dot and a line through the means, plain vermilion, dashed and round, residual blue, solid and square."""
    figure = go.Figure()
    for cloud in found:
        colour, dash, symbol = (VERMILION, "dash", "circle") if cloud.plain else (BLUE, "solid", "square")
        name = cloud.name
        places = sorted(cloud.points)
        figure.add_scatter(
            x=places,
            y=[fmean(cloud.points[place]) for place in places],
            mode="lines",
            line={"color": colour, "width": 3, "dash": dash},
            name=name,
            hovertemplate="%{x}: %{y:.1%}<extra>" + name + "</extra>",
        )
        figure.add_scatter(
            x=[place for place in places for _ in cloud.points[place]],
            y=[error for place in places for error in cloud.points[place]],
            mode="markers",
            marker={"color": colour, "size": 8, "symbol": f"{symbol}-open", "line": {"width": 1.5}},
            showlegend=False,
            hoverinfo="skip",
        )
    add_level(figure, chance, words["chance"])
    _dress(figure)
    figure.update_xaxes(title=axis, rangemode="tozero")
    figure.update_yaxes(title=words["error"], tickformat=".0%", range=[-0.03, 1.02], tickvals=[0, 0.25, 0.5, 0.75, 1])
    return legible(figure)


def path_figure(
    counts: Sequence[float],
    together: Sequence[float],
    single: Sequence[float],
    spread: Sequence[float],
    words: Mapping[str, str],
) -> go.Figure:
    """By length of path, shares from 0 to 1: of the paths (grey bars), of the gradient through all of a length together (blue
    bars) and of number × size one by one (green line, with `spread` as its standard error; empty where nothing was sampled)."""
    lengths = list(range(len(counts)))
    figure = go.Figure()
    for values, name, colour, pattern in (
        (counts, words["paths_counts"], SLATE, "/"),
        (together, words["paths_together"], BLUE, ""),
    ):
        figure.add_bar(
            x=lengths,
            y=list(values),
            name=name,
            marker={"color": colour, "pattern": {"shape": pattern, "fillmode": "overlay"}},
            hovertemplate="%{x}: %{y:.1%}<extra>" + name + "</extra>",
        )
    figure.add_scatter(
        x=lengths[: len(single)],
        y=list(single),
        name=words["paths_single"],
        mode="lines+markers",
        line={"color": GREEN, "width": 2.5, "dash": "dot"},
        marker={"symbol": "diamond", "size": 8},
        error_y={"type": "data", "array": list(spread), "color": GREEN, "thickness": 1.2, "width": 3},
        hovertemplate="%{x}: %{y:.1%}<extra>" + words["paths_single"] + "</extra>",
    )
    _dress(figure)
    figure.update_layout(barmode="group", bargap=0.15)
    figure.update_xaxes(title=words["paths_axis"])
    figure.update_yaxes(title=words["paths_share"], tickformat=".0%", rangemode="tozero")
    return legible(figure)


def standard_errors(samples: Sequence[Sequence[float]]) -> tuple[float, ...]:
    """Standard error of the mean of each row, relative to that mean; 0 where there are fewer than two values.

    >>> standard_errors([(1.0, 3.0), (5.0,)])
    (0.5, 0.0)
    """
    return tuple(stdev(row) / sqrt(len(row)) / fmean(row) if len(row) > 1 and any(row) else 0.0 for row in samples)


def _dress(figure: go.Figure) -> None:
    figure.update_layout(
        height=400,
        margin={"l": 8, "r": 8, "t": 24, "b": 8},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    )
