"""The surfaces from above: what is drawn is what was measured."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from resnet_viz.draw.surfaces import SurfacePanel, surface_maps
from resnet_viz.draw.tiles import colours
from resnet_viz.text import lesson

WORDS = lesson("surfaces").labels
LOW = SurfacePanel("plain <20>", np.array([[1.0, 2, 3], [2, 2, 2], [3, 3, 3]]))
HIGH = SurfacePanel("residual-20", np.array([[4.0, 5, 6], [7, 8, 9], [10, 10, 10]]))


def fills(svg: str) -> list[str]:
    root = ET.fromstring(svg)
    return [e.attrib["fill"] for e in root.iter("{http://www.w3.org/2000/svg}rect") if e.attrib["fill"].startswith("#")]


def hexes(places: list[float]) -> list[str]:
    return [f"#{bytes(colours(False)[round(255 * place)]).hex()}" for place in places]


def test_colours_are_on_one_scale_unless_each_has_its_own() -> None:
    values = np.concatenate([LOW.losses.ravel(), HIGH.losses.ravel()])
    assert fills(surface_maps([LOW, HIGH], 1.0, WORDS)) == hexes([(v - 1) / 9 for v in values])
    own = [(v - p.losses.min()) / (p.losses.max() - p.losses.min()) for p in (LOW, HIGH) for v in p.losses.ravel()]
    assert fills(surface_maps([LOW, HIGH], 1.0, WORDS, own=True)) == hexes(own)
    assert fills(surface_maps([LOW, HIGH], 1.0, WORDS, log=True)) == hexes([np.log(v) / np.log(10) for v in values])


def test_the_first_row_is_at_the_bottom() -> None:
    root = ET.fromstring(surface_maps([HIGH], 0.5, WORDS))
    rects = [e.attrib for e in root.iter("{http://www.w3.org/2000/svg}rect") if e.attrib["fill"].startswith("#")]
    assert float(rects[0]["y"]) > float(rects[-1]["y"])
    assert float(rects[0]["x"]) < float(rects[2]["x"])


def test_it_is_said_in_words_too() -> None:
    svg = surface_maps([LOW, HIGH], 0.5, WORDS)
    told = ET.fromstring(svg).attrib["aria-label"]
    assert WORDS["map_alt"].format(title="plain <20>", low=1.0, high=3.0) in told
    assert "−0.5" in svg
    assert re.search(r">loss 1\.00<", svg)


def test_a_surface_without_heights_has_one_colour() -> None:
    assert set(fills(surface_maps([SurfacePanel("flat", np.ones((3, 3)))], 1.0, WORDS))) == set(hexes([0.0]))


def test_a_bar_shows_where_a_surfaces_own_losses_are_among_all() -> None:
    svg = surface_maps([LOW, HIGH], 1.0, WORDS, ["the note", "its second line"], own=True)
    root = ET.fromstring(svg)
    bars = [e.attrib for e in root.iter("{http://www.w3.org/2000/svg}rect") if e.attrib["fill"] == "url(#losses)"]
    (low_left, low_wide), (high_left, high_wide) = ((float(e["x"]), float(e["width"])) for e in bars)
    whole = 180
    assert low_wide / whole == pytest.approx((3 - 1) / (10 - 1), abs=0.01)
    assert high_wide / whole == pytest.approx((10 - 4) / (10 - 1), abs=0.01)
    assert high_left + high_wide - (low_left + 430) == pytest.approx(whole, abs=0.1), "from the lowest to the highest of all"
    assert "1.00 – 3.00" in svg
    assert "4.00 – 10.00" in svg
    notes = [e for e in root.iter("{http://www.w3.org/2000/svg}text") if (e.text or "") in ("the note", "its second line")]
    assert float(notes[0].attrib["y"]) < float(notes[1].attrib["y"]) < 552
    assert svg.count("loss 1.00") == 2, "both lines have the same two ends"
    assert " – " not in surface_maps([LOW, HIGH], 1.0, WORDS), "on one scale there is one bar"
