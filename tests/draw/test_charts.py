"""Charts in Plotly are legible."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import plotly.graph_objects as go

from resnet_viz.draw import charts
from resnet_viz.draw.ensemble import Cloud, clouds, path_figure
from resnet_viz.draw.responses import Response, ratio_figure, response_figure
from resnet_viz.draw.sweep import sweep_figure
from resnet_viz.text import lesson


def figures() -> Iterator[tuple[str, go.Figure]]:
    """Every figure that this room draws, by the name of its function."""
    why = lesson("ensemble").labels
    yield "sweep_figure", sweep_figure([(8, True, (0.5, 0.6))], lesson("degradation").labels, depths=(8, 14), chance=0.9)
    yield "clouds", clouds([Cloud("one", True, {1: (0.5,)})], why, axis="x")
    yield "path_figure", path_figure((0.5, 0.5), (0.5, 0.5), (0.4, 0.6), (0.1, 0.1), why)
    found, words = [Response("one", 8, False, (1, 2), (0.5,))], lesson("responses").labels
    yield "response_figure", response_figure(found, words)
    yield "ratio_figure", ratio_figure(found, words)


def test_every_text_of_every_figure_is_legible_from_the_back_row() -> None:
    """Each text has its own size: Streamlit's theme overrides the figure's."""
    drawn = set()
    for name, figure in figures():
        drawn.add(name)
        layout = figure.layout
        sizes = [layout.legend.font.size, layout.hoverlabel.font.size, *(note.font.size for note in layout.annotations)]
        for axis in (*figure.select_xaxes(), *figure.select_yaxes()):
            sizes += [axis.tickfont.size, axis.title.font.size]
        sizes += [trace.colorbar.tickfont.size for trace in figure.select_traces({"type": "heatmap"})]
        assert all(size and size >= 14 for size in sizes), name
    code = [path.read_text(encoding="utf-8") for path in Path(charts.__file__).parent.glob("*.py")]
    makers = {name for text in code for name in re.findall(r"^def (\w+)\([^)]*\) -> go\.Figure:", text, re.MULTILINE)}
    assert makers - {"legible"} == drawn, "no figure is left out here"
