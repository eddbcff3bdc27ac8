"""A weight matrix and its singular values, in Plotly: numbers in, figure out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from resnet_viz.draw.charts import legible
from resnet_viz.draw.palette import PURPLE, SLATE
from resnet_viz.draw.tiles import colours


def weight_figure(
    weight: npt.NDArray[np.floating],
    out_order: npt.NDArray[np.intp],
    in_order: npt.NDArray[np.intp],
    singular: npt.NDArray[np.floating],
    chance: npt.NDArray[np.floating],
    words: Mapping[str, str],
    *,
    upright: bool = False,
) -> go.Figure:
    """The (K, C) matrix as a heat map, its rows and columns in the given orders, beside its singular values.

    `chance` are the singular values of a random matrix of equal norm, dashed. The colours are centred at 0; rows and columns
    keep their own numbers in the hover. On phones (`upright`) the two stand below each other.
    """
    rows, columns = (2, 1) if upright else (1, 2)
    figure = make_subplots(
        rows,
        columns,
        subplot_titles=[words["chart_weight"], words["chart_singular"]],
        horizontal_spacing=0.09,
        vertical_spacing=0.16,
        column_widths=None if upright else [0.58, 0.42],
        row_heights=[0.6, 0.4] if upright else None,
    )
    shown = weight[np.ix_(out_order, in_order)].astype(np.float32)  # (K', C')
    end = float(np.abs(shown).max()) or 1.0
    table = colours(True)
    scale = [[i / 16, f"rgb({r}, {g}, {b})"] for i, (r, g, b) in enumerate(table[np.linspace(0, 255, 17).astype(int)].tolist())]
    heat = go.Heatmap(
        z=shown,
        x=[str(i) for i in in_order],
        y=[str(i) for i in out_order],
        colorscale=scale,
        zmin=-end,
        zmax=end,
        colorbar={
            "x": 1.0 if upright else 0.535,
            "thickness": 12,
            "len": 0.55 if upright else 1.0,
            "y": 0.75 if upright else 0.5,
        },
        hovertemplate=words["chart_weight_hover"] + "<extra></extra>",
    )
    figure.add_trace(heat, 1, 1)
    at = (2, 1) if upright else (1, 2)
    for values, name, style in (
        (singular, words["chart_learned"], {"color": PURPLE, "width": 3}),
        (chance, words["chart_chance"], {"color": SLATE, "width": 2, "dash": "dash"}),
    ):
        line = go.Scatter(
            x=np.arange(1, len(values) + 1),
            y=values,
            name=name,
            mode="lines+markers" if len(values) < 40 else "lines",
            line=style,
            hovertemplate="σ<sub>%{x}</sub> = %{y:.3~g}<extra></extra>",
        )
        figure.add_trace(line, *at)
    figure.update_xaxes(type="category", showticklabels=False, title_text=words["chart_in"], row=1, col=1)
    figure.update_yaxes(type="category", showticklabels=False, title_text=words["chart_out"], autorange="reversed", row=1, col=1)
    figure.update_xaxes(title_text=words["chart_index"], row=at[0], col=at[1])
    figure.update_yaxes(rangemode="tozero", row=at[0], col=at[1])
    figure.update_layout(
        height=720 if upright else 400,
        margin={"l": 8, "r": 8, "t": 40, "b": 8},
        legend={
            "orientation": "h",
            "y": -0.12 if upright else 0.98,
            "x": 0 if upright else 1,
            "xanchor": "left" if upright else "right",
        },
    )
    return legible(figure)
