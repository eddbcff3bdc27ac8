"""Training error against depth, with the spread of the seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from resnet_viz.draw.charts import add_level, legible
from resnet_viz.draw.palette import BLUE, VERMILION


def sweep_figure(
    points: Sequence[tuple[int, bool, Sequence[float]]], words: Mapping[str, str], *, depths: Sequence[int], chance: float
) -> go.Figure:
    """`points` are (depth, whether plain, error of each seed). A line runs through the means; every seed is a dot."""
    figure = go.Figure()
    for plain, colour, name, shape, dash in (
        (True, VERMILION, words["sweep_plain"], "circle", "dash"),
        (False, BLUE, words["sweep_residual"], "diamond", "solid"),
    ):
        own = [(depth, errors) for depth, is_plain, errors in points if is_plain == plain]
        where = [depth for depth, _ in own]
        means = [sum(errors) / len(errors) for _, errors in own]
        line = {"color": colour, "width": 3, "dash": dash}
        figure.add_scatter(
            x=where,
            y=means,
            mode="lines",
            line=line,
            name=name,
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [max(errors) - mean for (_, errors), mean in zip(own, means, strict=True)],
                "arrayminus": [mean - min(errors) for (_, errors), mean in zip(own, means, strict=True)],
                "color": colour,
                "thickness": 1.5,
                "width": 7,
            },
            hovertemplate="%{x}: %{y:.1%}<extra>" + name + "</extra>",
        )
        figure.add_scatter(
            x=[depth for depth, errors in own for _ in errors],
            y=[error for _, errors in own for error in errors],
            mode="markers",
            marker={"color": colour, "size": 8, "symbol": f"{shape}-open", "line": {"width": 1.5}},
            showlegend=False,
            hoverinfo="skip",
        )
    add_level(figure, chance, words["curves_chance"])
    figure.update_layout(
        height=380,
        margin={"l": 8, "r": 8, "t": 24, "b": 8},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 1, "xanchor": "right"},
    )
    figure.update_xaxes(title=words["depth"], tickvals=list(depths), range=[min(depths) - 3, max(depths) + 3])
    figure.update_yaxes(title=words["curves_error"], tickformat=".0%", range=[-0.03, 1.02], tickvals=[0, 0.25, 0.5, 0.75, 1])
    return legible(figure)
