"""The drawing's outlines, marks and words are the comparison's."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from functools import lru_cache
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from resnet_viz.draw import nested as nested_module
from resnet_viz.draw.nested import HEIGHT, PANELS, WIDTH, Nested, nested
from resnet_viz.probes.nested import TARGETS, NestedComparison, classes, compare, distances, layers
from resnet_viz.text import LANGUAGES, lesson
from tests.draw.test_outline import inside


@lru_cache
def compared(target: str, family: int, same: bool) -> NestedComparison:
    return compare(TARGETS[target], family, same=same)


@lru_cache
def every_class(family: int, skip: bool, same: bool) -> list[np.ndarray]:
    return list(classes(layers(family, skip=skip, same=same), 5))


def what(target: str = "tent", family: int = 61, depth: int = 5, same: bool = False) -> Nested:
    own = layers(family, skip=False, same=same)
    return Nested(compared(target, family, same), own, layers(family, skip=True), depth)


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
        assert words.say("lost_some", size=plain.sizes[depth - 2] - plain.kept[depth - 1]) in shown
        assert words.say("kept_all", layers=before, size=residual.sizes[depth - 2]) in shown
        assert words.labels["lost_none"] in shown


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("panel", PANELS[:2])
def test_marks_stand_at_their_errors_and_never_one_over_the_other(target: str, panel: str) -> None:
    for depth in (1, 2, 5, 6):
        of = what(target, depth=depth)
        side = of.compared.plain if panel == "plain" else of.compared.residual
        root = draw(of, panel)
        scale = WIDTH / (1.8 * of.compared.edge)
        walk = points(found(root, "path", "walk")[0].attrib["d"])[0]
        away = np.hypot(*(np.array(walk) - star(root)).T) / scale
        assert away == pytest.approx(side.errors[max(depth - 2, 0) : depth], abs=1.5 / scale), "the star is not quite its mean"
        discs = found(root, "g", "best")
        numbers = [int(n) for e in discs for n in "".join(e.itertext()).strip().split(",")]
        assert numbers == [d for d in (depth - 1, depth) if d], "the depth in focus and one fewer"
        middles = np.array([middle(found(e, "rect")[0]) for e in discs])
        assert len(discs) == 1 or np.hypot(*(middles[0] - middles[1])) >= 2 * 12 - 0.2, "two discs are seen whole"
        off = [min(np.hypot(*(m - spot)) for spot in walk) for m in middles]
        assert max(off) <= 23, "by no more than a disc"


def middle(rect: ElementTree.Element) -> np.ndarray:
    x, y, width, height = (float(rect.attrib[name]) for name in ("x", "y", "width", "height"))
    return np.array([x + width / 2, y + height / 2])


@pytest.mark.parametrize("panel", PANELS[:2])
@pytest.mark.parametrize("target", TARGETS)
def test_each_function_of_one_layer_fewer_is_a_dot_inside_or_a_cross(target: str, panel: str) -> None:
    """Which of them the larger class has is asked of the classes themselves."""
    for same, depth in ((False, 3), (False, 5), (True, 4)):
        of = what(target, depth=depth, same=same)
        every = every_class(61, panel == "residual", same and panel == "plain")[:depth]
        larger = {row.tobytes() for row in every[-1]}
        inside_too = np.array([row.tobytes() in larger for row in every[-2]])
        away = distances(every[-2], of.compared.goal)
        root = draw(of, panel)
        scale = WIDTH / (1.8 * of.compared.edge)
        for class_, those in (("stays", inside_too), ("lost", ~inside_too)):
            drawn = found(root, "path", class_)[:-1]  # the last is the legend's
            marks = [spot for e in drawn for spot in spots(e.attrib["d"])]
            if class_ == "lost":
                marks = [(x + 3.2, y + 3.2) for x, y in marks]
            marked = np.array([np.hypot(*(np.array(mark) - star(root))) / scale for mark in marks])
            for far in marked:
                assert np.abs(away[those] - far).min() < 2 / scale
            for far in away[those & (away > 8 / scale) & (away < reach(root) / scale)]:  # those nearer lie under the star
                assert np.abs(marked - far).min(initial=np.inf) < 8 / scale, "one mark is for all on the same few pixels"
        if panel == "residual" or same:
            assert len(found(root, "path", "lost")) == 1, "nothing is lost"
            smaller, now = (
                points(e.attrib["d"]) for e in (found(root, "path", "reach before")[0], found(root, "path", "reach now")[0])
            )
            seen = np.array([spot for e in found(root, "path", "stays")[:-1] for spot in spots(e.attrib["d"])])
            assert inside(smaller, seen).all()
            assert inside(now, seen).all()


def reach(root: ElementTree.Element) -> float:
    """Pixels around the star that are on the map whatever the direction."""
    x, y = star(root)
    return float(min(x, WIDTH - x, y - nested_module._TOP))


def spots(path: str) -> list[tuple[float, float]]:
    """Where each move of a path leads."""
    return [(float(x), float(y)) for x, y in re.findall(r"M(-?[\d.]+) (-?[\d.]+)", path)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("panel", PANELS[:2])
@pytest.mark.parametrize("target", TARGETS)
def test_each_outline_has_its_name_on_it_and_nothing_is_covered(target: str, panel: str, language: str) -> None:
    words = lesson("nested", language)
    for family, depth in ((61, 2), (61, 4), (61, 5), (2, 3)):
        root = draw(what(target, family, depth), panel, language)
        names = found(root, "g", "name")
        counts = [words.say("layers_one" if d == 1 else "layers_many", depth=d) for d in (depth, depth - 1)]
        assert ["".join(e.itertext()).strip() for e in names] == counts
        boxes = [extent(found(e, "rect")[0]) for e in [*names, *found(root, "g", "best")]]
        for e, rank, box in zip(names, ("now", "before"), boxes, strict=False):
            assert e.attrib["class"] == f"name {rank}"
            line = np.array([spot for loop in points(found(root, "path", f"reach {rank}")[0].attrib["d"]) for spot in loop])
            assert ((line >= box[0] - 0.1) & (line <= box[1] + 0.1)).all(1).any(), "it stands on its line"
            assert (box[0] >= [0, 36]).all()
            assert (box[1] <= [WIDTH, 410]).all()
        for (a, b), (c, d) in combinations(boxes[:2], 2):
            assert ((b < c) | (d < a)).any(), "no name on another"
        for name in boxes[:2]:
            for disc in boxes[2:]:
                assert ((name[1] < disc[0]) | (disc[1] < name[0])).any(), "no name on a best fit"


def extent(rect: ElementTree.Element) -> tuple[np.ndarray, np.ndarray]:
    x, y, width, height = (float(rect.attrib[name]) for name in ("x", "y", "width", "height"))
    return np.array([x, y]), np.array([x + width, y + height])


@pytest.mark.parametrize("same", [False, True])
def test_the_identity_is_where_the_text_says(same: bool) -> None:
    """Inside every class that has it, outside of the plain ones that have not."""
    for panel, within in (("plain", same), ("residual", True)):
        root = draw(what(same=same, depth=6), panel)
        square = found(root, "rect", "start")[0]
        place = middle(square)[None] - [0, 0.5]  # on the floor, from above
        outlines = found(root, "path", "reach")
        assert len(outlines) == 2
        assert [bool(inside(points(e.attrib["d"]), place)[0]) for e in outlines] == [within] * 2


def test_with_the_identity_each_outline_lies_within_the_next() -> None:
    grid = np.stack(np.meshgrid(np.arange(3, WIDTH, 9.1), np.arange(40, 400, 9.1)), -1).reshape(-1, 2)

    def areas(panel: str, depth: int) -> list[np.ndarray]:
        return [inside(points(e.attrib["d"]), grid) for e in found(draw(what(depth=depth), panel), "path", "reach")]

    for depth in range(2, 7):
        now, before = areas("residual", depth)
        assert not (before & ~now).any()
    now, before = areas("plain", 5)
    assert (before & ~now).any(), "the plain class of four layers sticks out of that of five"


def test_the_area_in_focus_and_the_line_before_are_told_apart_by_more_than_colour() -> None:
    classes_ = [e.attrib["class"] for e in found(draw(what(depth=4), "plain"), "path", "reach")]
    assert classes_ == ["reach now", "reach before"]
    assert [e.attrib["class"] for e in found(draw(what(depth=1), "plain"), "path", "reach")] == ["reach now"]
    assert "stroke-dasharray" in rule(".reach.before")
    assert "fill: var(--own)" in rule(".reach.now")


def rule(selector: str) -> str:
    return next(line.split("{")[1] for line in _css().splitlines() if line.split("{")[0].strip().endswith(selector))


def _css() -> str:
    return (Path(nested_module.__file__).parent / "nested.css").read_text(encoding="utf-8")


@pytest.mark.parametrize(("paper", "ink"), [("#ffffff", "#1f2937"), ("#0f141b", "#e5e9f0")])
@pytest.mark.parametrize(("name", "own", "share"), [("blue", "#0072b2", 82), ("vermilion", "#d55e00", 84)])
def test_marks_and_lines_stand_out_from_the_area(paper: str, ink: str, name: str, own: str, share: int) -> None:
    """3 to 1 for lines and dots, 4.5 to 1 for words and crosses (WCAG 1.4.11 and 1.4.3), on the area's tint as on the paper."""
    assert f"--{name}: color-mix(in srgb, {own} {share}%, var(--ink))" in _css()
    mixed = blend(own, ink, share / 100)
    opacity = float(re.search(r"fill-opacity: ([\d.]+)", rule(".reach.now")).group(1))  # type: ignore[union-attr]
    for ground in (rgb(paper), mixed * opacity + rgb(paper) * (1 - opacity)):
        assert contrast(mixed, ground) >= 3
        assert contrast(rgb(ink), ground) >= 4.5
    assert contrast(mixed, rgb(paper)) >= 4.5, "the number in a filled disc"


def rgb(colour: str) -> np.ndarray:
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255


def blend(one: str, other: str, share: float) -> np.ndarray:
    return rgb(one) * share + rgb(other) * (1 - share)


def contrast(one: np.ndarray, other: np.ndarray) -> float:
    def light(colour: np.ndarray) -> float:
        linear = np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("target", TARGETS)
def test_the_rings_words_stay_within_the_map(target: str) -> None:
    for depth in (1, 5, 6):
        for panel in PANELS[:2]:
            for e in found(draw(what(target, 2, depth), panel), "text", "halo"):
                said = "".join(e.itertext()).strip()
                assert float(e.attrib["x"]) + 8 * len(said) <= WIDTH, said


def test_its_words_are_large_enough_for_the_last_row() -> None:
    """At the page's own size, 15 pixels: the drawing's 400 units are 390 pixels there."""
    sizes = [int(size) for size in re.findall(r"font-size: (\d+)px", _css())]
    assert sizes
    assert min(sizes) >= 15


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
    panels = [g for g in row if "transform" in g.attrib]
    for panel, drawn in zip(panels, PANELS, strict=True):
        alone = draw(what(), drawn, language)
        assert alone.attrib["viewBox"] == f"0 0 {WIDTH} {HEIGHT}"
        (same,) = [g for g in alone if "transform" in g.attrib]
        assert [ElementTree.tostring(e) for e in panel] == [ElementTree.tostring(e) for e in same]


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("same", [False, True])
def test_every_choice_can_be_drawn(target: str, same: bool) -> None:
    for depth in (1, 6):
        svg = nested(what(target, 2, depth, same), lesson("nested").labels)
        ElementTree.fromstring(svg)
        assert "nan" not in svg
        assert "inf" not in svg
