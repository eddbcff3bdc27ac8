"""How a block's cost grows with its channels: the terms of the formula as stacked areas."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from resnet_viz.draw.blockscale import in_units
from resnet_viz.draw.charts import TEXT, legible
from resnet_viz.draw.palette import PURPLE, SLATE
from resnet_viz.draw.svg import compact
from resnet_viz.nets.blockcost import shares, terms

_POINTS = 33
_ENDS = (32, 64, 128, 256, 512, 1024)
_BLOCKS = ("basic", "bottleneck")


def last_channel(channels: int) -> int:
    """Where the axis ends, so that a mark at `channels` stands neither at its left nor at its right edge.

    >>> last_channel(64), last_channel(192), last_channel(1024)
    (128, 256, 1024)
    """
    return next((end for end in _ENDS if end >= 1.3 * channels), _ENDS[-1])


def areas(channels: int, height: int, width: int, words: Mapping[str, str]) -> go.Figure:
    """The terms of both blocks over C for H×W positions, in millions of multiply-adds, with a mark at `channels`.

    The upper axis is the basic block's. The lower is the bottleneck's and finer by the ratio of the two costs, so that both
    curves look alike. `words`: `basic`, `bottleneck`, `areas_finer` with {zoom}, `areas_axis`, `areas_channels`.
    """
    zoom = shares("basic") / shares("bottleneck")
    titles = [f"{words[block]}: {in_units(shares(block))}" for block in _BLOCKS]
    titles[1] += "<br>" + words["areas_finer"].format(zoom=f"{float(zoom):.1f}")
    figure = make_subplots(2, 1, shared_xaxes=True, subplot_titles=titles, vertical_spacing=0.17)
    end = last_channel(channels)
    line = [end * i / (_POINTS - 1) for i in range(_POINTS)]
    million = height * width / 1e6
    for row, block in enumerate(_BLOCKS, 1):
        below = Fraction(0)
        for term in terms(block, 4, 1, 1):
            kind = f"{term.kernel}×{term.kernel}"
            figure.add_trace(
                go.Scatter(
                    x=line,
                    y=[float(term.share) * c * c * million for c in line],
                    name=f"{words[block]}, {term.name}",
                    stackgroup=block,
                    mode="lines",
                    line={"color": "rgba(255,255,255,0.9)", "width": 1.5},
                    fillcolor=PURPLE if term.kernel == 1 else SLATE,
                    hovertemplate=f"{kind}: %{{y:.4~g}} M<extra></extra>",
                ),
                row,
                1,
            )
            figure.add_annotation(
                x=end,
                y=float(below + term.share / 2) * end**2 * million,
                text=f"{kind}: {term.share}",
                showarrow=False,
                xanchor="left",
                row=row,
                col=1,
            )
            below += term.share
        _mark(figure, row, channels, float(shares(block)) * channels**2 * height * width)
        figure.update_yaxes(range=[0, float(shares(block)) * end * end * million], nticks=4, row=row, col=1)
    figure.update_layout(height=560, margin={"l": 8, "r": 84, "t": 36, "b": 8}, showlegend=False)
    figure.update_annotations(selector={"yref": "paper"}, font={"size": 16})
    figure.update_yaxes(title=words["areas_axis"])
    figure.update_xaxes(range=[0, end], nticks=6)
    figure.update_xaxes(title=words["areas_channels"], row=2, col=1)
    return legible(figure)


def _mark(figure: go.Figure, row: int, channels: int, macs: float) -> None:
    """The chosen C: an upright line, a point on the curve and its number."""
    figure.add_trace(
        go.Scatter(
            x=[channels, channels],
            y=[0, macs / 1e6],
            mode="lines+markers+text",
            text=["", f"<b>C = {channels}: {compact(macs)}</b>"],
            textposition="top left",
            textfont={"size": TEXT},
            marker={"size": [0, 11], "color": "#111827", "line": {"color": "#ffffff", "width": 2}},
            line={"color": "#111827", "width": 2, "dash": "dot"},
            hoverinfo="skip",
            cliponaxis=False,
        ),
        row,
        1,
    )
