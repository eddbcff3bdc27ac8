"""Bars of singular values: one for each that is there, as tall as its power of ten."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from resnet_viz.draw.palette import AMBER, SLATE
from resnet_viz.draw.spectrum import Spectrum, spectrum

SVG = "{http://www.w3.org/2000/svg}"


def drawings(shown: list[Spectrum]) -> list[ElementTree.Element]:
    """For a page, and for a phone."""
    html = f"<div>{spectrum(shown, count=8, across='number', up='size', alt='what it shows')}</div>"
    return list(ElementTree.fromstring(html).iter(f"{SVG}svg"))


def bars(values: list[float]) -> list[float]:
    """The heights of one matrix's bars; its other bar is that of its name."""
    both = [Spectrum("one", values, AMBER), Spectrum("other", [], SLATE)]
    wide, narrow = drawings(both)
    assert wide.attrib["aria-label"] == narrow.attrib["aria-label"] == "what it shows"
    found = [float(rect.attrib["height"]) for rect in wide.iter(f"{SVG}rect") if rect.attrib["fill"] == AMBER]
    return found[:-1]


def test_a_value_is_as_tall_as_its_power() -> None:
    first, tenth, thousandth = bars([1.0, 0.1, 0.001])
    assert tenth == pytest.approx(first * 4 / 5, abs=0.1)
    assert thousandth == pytest.approx(first * 2 / 5, abs=0.1)


def test_what_is_not_there_has_no_bar() -> None:
    assert len(bars([1.0, 1e-5, 1e-9, 0.0])) == 1
    assert bars([]) == []


def test_a_phone_has_the_same_values_in_letters_of_the_same_size() -> None:
    wide, narrow = drawings([Spectrum("one", [1.0, 0.1, 0.001], AMBER)])
    heights = [[rect.attrib["height"] for rect in each.iter(f"{SVG}rect")] for each in (wide, narrow)]
    assert heights[0] == heights[1]
    widths = [float(each.attrib["viewBox"].split()[2]) for each in (wide, narrow)]
    assert widths[1] <= 390 < widths[0]
