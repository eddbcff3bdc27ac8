"""The drawing's outlines, marks and words are the comparison's."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from itertools import pairwise

import numpy as np
import pytest

from resnet_viz.draw.nested import HEIGHT, PANELS, WIDTH, Nested, nested
from resnet_viz.probes.nested import TARGETS, compare, layers
from resnet_viz.text import LANGUAGES, lesson
from tests.draw.test_outline import inside


def what(target: str = "tent", family: int = 61, depth: int = 5, same: bool = False) -> Nested:
    own = layers(family, skip=False, same=same)
    return Nested(compare(TARGETS[target], family, same=same), own, layers(family, skip=True), depth)


def draw(of: Nested, only: str = "", language: str = "en") -> ElementTree.Element:
    return ElementTree.fromstring(nested(of, lesson("nested", language).labels, only))


def found(root: ElementTree.Element, tag: str, class_: str = "") -> list[ElementTree.Element]:
    return [e for e in root.iter() if e.tag.endswith(f"}}{tag}") and re.search(rf"(^|\s){class_}", e.get("class", ""))]


def points(path: str) -> list[list[tuple[float, float]]]:
    """The loops of a path."""
    return [[(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", loop)] for loop in path.split("Z") if loop]


def star(root: ElementTree.Element) -> np.ndarray:
    return np.mean([[float(n) for n in p.split(",")] for p in found(root, "polygon", "star")[0].attrib["points"].split()], 0)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("depth", [1, 5])
def test_the_words_say_the_numbers(language: str, depth: int) -> None:
    of, words = what(depth=depth), lesson("nested", language)
    root = draw(of, language=language)
    shown = " ".join("".join(e.itertext()).strip() for e in found(root, "text"))
    assert root.attrib["role"] == "img"
    assert "{" not in shown + root.attrib["aria-label"]
    for side in (of.compared.plain, of.compared.residual):
        assert f"{side.errors[depth - 1]:.3f}" in shown
        assert f"{side.errors[depth - 1]:.3f}" in root.attrib["aria-label"]
        layers_now = words.say("layers_one" if depth == 1 else "layers_many", depth=depth)
        assert words.say("reached", layers=layers_now, size=side.sizes[depth - 1]) in shown
    if depth > 1:
        before = words.say("layers_many", depth=depth - 1)
        plain, residual = of.compared.plain, of.compared.residual
        assert words.say("kept_some", layers=before, size=plain.sizes[depth - 2], kept=plain.kept[depth - 1]) in shown
        assert words.say("kept_all", layers=before, size=residual.sizes[depth - 2]) in shown


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("panel", PANELS[:2])
def test_marks_stand_at_their_errors(target: str, panel: str) -> None:
    of = what(target, depth=6)
    side = of.compared.plain if panel == "plain" else of.compared.residual
    root = draw(of, panel)
    scale = WIDTH / (1.8 * of.compared.edge)
    walk = points(found(root, "path", "walk")[0].attrib["d"])[0]
    away = np.hypot(*(np.array(walk) - star(root)).T) / scale
    assert away == pytest.approx(side.errors, abs=1.5 / scale), "the star's middle is not quite its corners' mean"
    numbers = [n for e in found(root, "g", "best") for n in "".join(e.itertext()).strip().split(",")]
    assert sorted(numbers) == list("123456"), "each depth once"


@pytest.mark.parametrize("same", [False, True])
def test_the_identity_is_where_the_text_says(same: bool) -> None:
    """Inside every class that has it, outside of the plain ones that have not."""
    for panel, within in (("plain", same), ("residual", True)):
        root = draw(what(same=same, depth=6), panel)
        square = found(root, "rect", "start")[0]
        middle = np.array([[float(square.attrib["x"]) + 6, float(square.attrib["y"]) + 6 - 0.5]])  # on the floor, from above
        outlines = [e for e in found(root, "path", "reach") if "Z" in e.attrib["d"]]
        assert len(outlines) == 6
        assert [bool(inside(points(e.attrib["d"]), middle)[0]) for e in outlines] == [within] * 6


def test_with_the_identity_each_outline_lies_within_the_next() -> None:
    grid = np.stack(np.meshgrid(np.arange(3, WIDTH, 9.1), np.arange(40, 420, 9.1)), -1).reshape(-1, 2)

    def areas(panel: str) -> list[np.ndarray]:
        outlines = [e for e in found(draw(what(depth=5), panel), "path", "reach") if "Z" in e.attrib["d"]]
        return [inside(points(e.attrib["d"]), grid) for e in outlines]

    residual, plain = areas("residual"), areas("plain")
    assert all(not (a & ~b).any() for a, b in pairwise(residual))
    assert (plain[3] & ~plain[4]).any(), "the plain class of four layers sticks out of that of five"


def test_the_outline_in_focus_and_the_one_before_are_marked() -> None:
    classes = [e.attrib["class"] for e in found(draw(what(depth=4), "plain"), "path", "reach")]
    assert classes == ["reach", "reach", "reach before", "reach now", "reach now", "reach before"], "the last two are the legend"
    assert [e.attrib["class"] for e in found(draw(what(depth=1), "plain"), "path", "reach")] == ["reach now"] * 2


def test_curves_are_the_functions() -> None:
    of = what("bell", depth=4)
    root = draw(of, "curves")
    boxes = [e for e in root.iter() if e.tag.endswith("}svg") and e is not root]
    assert len(boxes) == len(of.own) + 1
    width, height = (float(boxes[-1].attrib[name]) for name in ("width", "height"))
    drawn = [np.array(points(e.attrib["d"])[0]) for e in found(boxes[-1], "path")]
    for curve, values in zip(drawn, [of.compared.goal, of.compared.plain.fits[3], of.compared.residual.fits[3]], strict=True):
        assert curve[:, 0] == pytest.approx(np.linspace(0, width, len(values)), abs=0.06)
        assert (1 - curve[:, 1] * 2 / height) * 1.25 == pytest.approx(values, abs=0.002)
    zero = [np.array(points(e.attrib["d"])[0])[:, 1] for e in found(boxes[0], "path")]
    side = float(boxes[0].attrib["height"])
    assert np.ptp(zero[0]) == 0, "a layer of zeros"
    assert (zero[1] - side / 2) == pytest.approx(np.linspace(side / 4, -side / 4, 65), abs=0.06), "is the identity with the skip"


def test_a_layer_that_copies_is_drawn_once() -> None:
    root = draw(what(same=True), "curves")
    boxes = [e for e in root.iter() if e.tag.endswith("}svg") and e is not root]
    assert [len(found(box, "path")) for box in boxes] == [2] * 6 + [1, 3]


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_alone_is_the_one_of_the_row(language: str) -> None:
    row = draw(what(), language=language)
    assert row.attrib["viewBox"] == f"0 0 {3 * WIDTH} {HEIGHT}"
    panels = [g for g in found(row, "g") if "transform" in g.attrib]
    for panel, drawn in zip(panels, PANELS, strict=True):
        alone = draw(what(), drawn, language)
        assert alone.attrib["viewBox"] == f"0 0 {WIDTH} {HEIGHT}"
        (same,) = [g for g in found(alone, "g") if "transform" in g.attrib]
        assert [ElementTree.tostring(e) for e in panel] == [ElementTree.tostring(e) for e in same]


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("same", [False, True])
def test_every_choice_can_be_drawn(target: str, same: bool) -> None:
    for depth in (1, 6):
        svg = nested(what(target, 2, depth, same), lesson("nested").labels)
        ElementTree.fromstring(svg)
        assert "nan" not in svg
        assert "inf" not in svg
