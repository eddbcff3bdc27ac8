"""Bars and lines: as long and as high as their numbers, and legible without looking."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_viz.draw.accuracy_lines import AccuracyLine, accuracy_lines
from resnet_viz.draw.bars import ValueBar, bars
from resnet_viz.draw.lines import Line, lines, power


def widths(html: str) -> list[float]:
    return [float(width) for width in re.findall(r"width:([\d.]+)%", html.split("</style>")[1])]


@given(st.lists(st.floats(1, 1e6), min_size=1, max_size=6))
def test_bars_are_as_long_as_their_values(values: list[float]) -> None:
    drawn = widths(bars([ValueBar(str(v), v, f"{v}") for v in values], "all"))
    assert max(drawn) == 100
    for value, width in zip(values, drawn, strict=True):
        assert width == pytest.approx(max(100 * value / max(values), 0.4), abs=0.01)


def test_nothing_is_no_bar_and_little_can_be_seen() -> None:
    assert widths(bars([ValueBar("none", 0, "0"), ValueBar("little", 1, "1"), ValueBar("much", 1e9, "…")], "")) == [0, 0.4, 100]
    assert widths(bars([ValueBar("none", 0, "0")], "")) == [0]
    assert widths(bars([ValueBar("half", 0.5, "½")], "", most=1)) == [50]


def test_words_are_words() -> None:
    html = bars([ValueBar("<b>", 1, "a & b", mark=True)], 'said "so"')
    assert "&lt;b&gt;" in html
    assert "a &amp; b" in html
    assert 'role="img"' in html
    assert "said &quot;so&quot;" in html


def curves(svg: str) -> list[list[tuple[float, float]]]:
    root = ElementTree.fromstring(svg)
    paths = [e.attrib["d"] for e in root.iter() if e.attrib.get("class") == "curve" and not e.attrib["d"].startswith("M8 ")]
    return [[(float(x), float(y)) for x, y in (point.split() for point in path[1:].split("L"))] for path in paths]


def test_a_linear_axis_starts_at_zero_and_is_linear() -> None:
    ((_, low), (_, middle), (_, high)) = curves(
        lines([Line("one", [0.0, 0.5, 1.0], "plain")], across="step", up="error", alt="", write=str)
    )[0]
    assert low - middle == pytest.approx(middle - high, abs=0.2)


@given(st.lists(st.floats(1e-20, 1e20), min_size=2, max_size=20))
def test_a_logarithmic_axis_keeps_ratios_and_everything_inside(values: list[float]) -> None:
    from math import log10

    svg = lines([Line("one", values, "residual")], across="layer", up="norm", alt="", write=power, logarithmic=True)
    points = curves(svg)[0]
    _, _, width, height = map(float, ElementTree.fromstring(svg).attrib["viewBox"].split())
    assert all(0 <= x <= width and 0 <= y <= height for x, y in points)
    spread = (max(y for _, y in points) - min(y for _, y in points)) or 1
    decades = log10(max(values)) - log10(min(values)) or 1
    for (_, y), value in zip(points, values, strict=True):
        assert y == pytest.approx(min(y for _, y in points) + spread * (log10(max(values)) - log10(value)) / decades, abs=0.3)


@pytest.mark.parametrize(("kind", "is_dashed"), [("plain", True), ("residual", False)])
def test_plain_is_dashed_and_residual_solid_and_depth_a_matter_of_lightness(kind: str, is_dashed: bool) -> None:
    root = ElementTree.fromstring(
        lines([Line("deep", [1.0], kind), Line("shallow", [1.0], kind, 1)], across="", up="", alt="", write=str)
    )
    drawn = [e for e in root.iter() if e.attrib.get("class") == "curve"]
    assert {e.attrib.get("stroke-dasharray") is not None for e in drawn} == {is_dashed}
    assert len({e.attrib.get("stroke-opacity") for e in drawn}) == 2


def test_without_curves_the_axes_are_there() -> None:
    shown = [Line("one", [1.0, 4.0], "slate")]
    whole, empty = (lines(shown, across="step", up="error", alt="", write=str, curves=curves_) for curves_ in (True, False))
    assert (len(curves(whole)), len(curves(empty))) == (1, 0)
    words = [[e.text for e in ElementTree.fromstring(svg).iter() if e.tag.endswith("text")] for svg in (whole, empty)]
    assert words[0] == words[1]


def test_lines_are_told_apart_by_more_than_colour() -> None:
    same = [Line("deep", [1.0, 2.0], "slate"), Line("shallow", [2.0, 1.0], "slate", 1)]
    root = ElementTree.fromstring(lines(same, across="step", up="error", alt="what it shows", write=str))
    drawn = [e for e in root.iter() if e.attrib.get("class") == "curve"]
    assert len({e.attrib.get("stroke-dasharray") for e in drawn}) == 2
    assert root.attrib["aria-label"] == "what it shows"
    words = [e.text for e in root.iter() if e.tag.endswith("text")]
    assert {"deep", "shallow", "step", "error"} <= set(words)


def test_what_is_not_positive_has_no_place_on_a_logarithmic_axis() -> None:
    drawn = curves(lines([Line("one", [1.0, 0.0, 100.0], "slate")], across="", up="", alt="", write=power, logarithmic=True))
    assert len(drawn[0]) == 2


@pytest.mark.parametrize(
    "svg",
    [
        lines([Line("one", [0.5, 1.0], "plain")], across="step", up="training error", alt="", write=lambda v: f"{v:.0%}"),
        accuracy_lines([AccuracyLine("one", (0.5, 1.0), "plain")], (1, 5), across="pictures", up="accuracy", alt=""),
    ],
)
def test_the_name_of_an_axis_keeps_clear_of_its_highest_figure(svg: str) -> None:
    """Between the two rows of letters, 15 px high, a third of a row is free."""
    rows = [float(y) for y in re.findall(r'<text [^>]*?\by="([\d.]+)"', svg)]
    name, highest = sorted(set(rows))[:2]
    assert highest - name >= 15 * 4 / 3
