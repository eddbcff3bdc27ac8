"""Bars of singular values: one for each that is there, as tall as its power of ten."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from resnet_viz.draw.palette import AMBER, SLATE
from resnet_viz.draw.spectrum import Spectrum, spectrum

SVG = "{http://www.w3.org/2000/svg}"


def bars(values: list[float]) -> list[float]:
    """The heights of one matrix's bars; its other bar is that of its name."""
    both = [Spectrum("one", values, AMBER), Spectrum("other", [], SLATE)]
    root = ElementTree.fromstring(spectrum(both, count=8, across="number", up="size", alt="what it shows"))
    assert root.attrib["aria-label"] == "what it shows"
    found = [float(rect.attrib["height"]) for rect in root.iter(f"{SVG}rect") if rect.attrib["fill"] == AMBER]
    return found[:-1]


def test_a_value_is_as_tall_as_its_power() -> None:
    first, tenth, thousandth = bars([1.0, 0.1, 0.001])
    assert tenth == pytest.approx(first * 4 / 5, abs=0.1)
    assert thousandth == pytest.approx(first * 2 / 5, abs=0.1)


def test_what_is_not_there_has_no_bar() -> None:
    assert len(bars([1.0, 1e-5, 1e-9, 0.0])) == 1
    assert bars([]) == []
