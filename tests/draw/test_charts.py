"""Charts in Plotly are legible, and their marks stand out in both themes."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import plotly.graph_objects as go

from resnet_viz.draw import charts, palette
from resnet_viz.draw.ensemble import Cloud, clouds, path_figure
from resnet_viz.draw.responses import Response, ratio_figure, response_figure
from resnet_viz.draw.sweep import sweep_figure
from resnet_viz.text import lesson
from tests.modules import ROOT


def figures() -> Iterator[tuple[str, go.Figure]]:
    """Every figure that this room draws, by the name of its function."""
    why = lesson("ensemble").labels
    yield "sweep_figure", sweep_figure([(8, True, (0.5, 0.6))], lesson("degradation").labels, depths=(8, 14), chance=0.9)
    yield "clouds", clouds([Cloud("one", True, {1: (0.5,)})], why, axis="x")
    yield "path_figure", path_figure((0.5, 0.5), (0.5, 0.5), (0.4, 0.6), (0.1, 0.1), why)
    found, words = [Response("one", 8, False, (1, 2), (0.5,))], lesson("responses").labels
    yield "response_figure", response_figure(found, words)
    yield "ratio_figure", ratio_figure(found, words)


def strings(part: object) -> Iterator[str]:
    """All texts of a part of a figure as JSON."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict | list | tuple):
        for each in part.values() if isinstance(part, dict) else part:
            yield from strings(each)


def colours_of(figure: go.Figure) -> set[str]:
    """Those of its marks and lines."""
    parts = [part.to_plotly_json() for part in (*figure.data, *figure.layout.shapes)]
    return {text for text in strings(parts) if text.startswith("#")}


def contrast(one: str, other: str) -> float:
    """WCAG's contrast of two colours."""

    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    more, less = sorted((light(one), light(other)), reverse=True)
    return (more + 0.05) / (less + 0.05)


def test_every_mark_of_every_figure_stands_out_in_both_themes() -> None:
    theme = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))["theme"]
    for name, figure in figures():
        assert colours_of(figure), name
        for colour in colours_of(figure):
            assert contrast(colour, theme["light"]["backgroundColor"]) >= 3, (name, colour)
            assert contrast(palette.ON_DARK.get(colour, colour), theme["dark"]["backgroundColor"]) >= 3, (name, colour)
        for trace in figure.data:
            assert trace.opacity is None, name
            assert trace.marker.opacity is None, name
        for line in figure.layout.shapes:
            assert line.line.color, f"{name}: Plotly's own grey cannot be seen on dark ground"


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


def test_a_kept_chart_is_the_chart_and_taken_apart_once() -> None:
    for name, figure in figures():
        kept = charts.KeptFigure(figure)
        assert kept.to_dict() == figure.to_dict(), name
        assert kept.to_dict() is kept.to_dict(), name
        assert json.loads(kept.to_json()) == json.loads(figure.to_json()), name
