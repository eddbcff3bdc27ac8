"""The picture of a block that changes the shape: what each way out makes fit, to scale, on a page and on a phone."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from resnet_viz import plan, preset
from resnet_viz.draw.palette import VERMILION
from resnet_viz.draw.shape_fit import shape_fit
from resnet_viz.nets.plan import Block
from resnet_viz.nets.presets import parse_network
from resnet_viz.nets.spec import ShortcutKind
from resnet_viz.text import LANGUAGES, lesson
from resnet_viz.ui.lessons.shortcuts import ways_out

SVG = "{http://www.w3.org/2000/svg}"
BLOCK = plan(preset("resnet34"), 224).block("layer2.0")


def drawn(way: str, language: str = "en") -> list[ElementTree.Element]:
    """The page's drawing and the phone's."""
    kinds = ways_out.shortcut_kinds(ways_out.with_option(plan(preset("resnet34"), 224), way), way)
    return drawn_of(BLOCK, way, kinds, language)


def drawn_of(block: Block, way: str, kinds: list[ShortcutKind], language: str) -> list[ElementTree.Element]:
    found = ElementTree.fromstring(f"<body>{shape_fit(block, way, kinds, lesson('shortcuts', language).labels)}</body>")
    page, phone = found.iter(f"{SVG}svg")
    return [page, phone]


def words(root: ElementTree.Element) -> str:
    return " ".join("".join(text.itertext()) for text in root.iter(f"{SVG}text"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("way", ["none", "A", "B", "C"])
def test_a_sum_is_drawn_where_the_shapes_fit_and_nowhere_else(way: str, language: str) -> None:
    for root in drawn(way, language):
        said = words(root)
        assert "F(x)  128×28×28" in said
        assert "x  64×56×56" in said
        assert ("y  128×28×28" in said) == (way != "none")
        assert bool([e for e in root.iter(f"{SVG}circle") if e.attrib.get("stroke") == VERMILION]) == (way == "none")
        assert "{" not in root.attrib["aria-label"]
        assert "128×28×28" in root.attrib["aria-label"]


def test_only_zero_padding_has_channels_that_are_not_there() -> None:
    for way, count in (("none", 0), ("A", 3), ("B", 0), ("C", 0)):
        for root in drawn(way):
            assert len([e for e in root.iter(f"{SVG}polygon") if "stroke-dasharray" in e.attrib]) == count, way


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("way", "counts"),
    [
        ("none", {"identity": 13, "none": 3}),
        ("A", {"identity": 13, "zero-pad": 3}),
        ("B", {"identity": 13, "projection": 3}),
        ("C", {"projection": 16}),
    ],
)
def test_the_row_of_blocks_says_how_the_shortcuts_that_it_has_are_drawn_and_no_others(
    way: str, counts: dict[str, int], language: str
) -> None:
    labels = lesson("shortcuts", language).labels
    for root in drawn(way, language):
        said = words(root)
        for kind in ("identity", "zero-pad", "projection", "none"):
            assert (labels[f"fit_blocks_{kind}"] in said) == (kind in counts), kind
            css = "off" if kind == "none" else kind
            groups = [g for g in root.iter(f"{SVG}g") if g.attrib.get("class", "").split() == ["arc", css]]
            row = [g for g in groups if "v-14" in g[0].attrib["d"]]
            assert len(row) == counts.get(kind, 0), kind


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("net", "key"),
    [
        ("resnet34", "fit_A"),
        ("bottleneck-1-w8-cifar", "fit_A_channels"),  # 8 channels become 32, and no row is left out
        ("basic-2.2-w16-x1-cifar", "fit_A_pixels"),  # half of the rows, as many channels
    ],
)
def test_zero_padding_is_said_to_do_what_it_does_to_this_block(net: str, key: str, language: str) -> None:
    labels = lesson("shortcuts", language).labels
    block = ways_out.changing(plan(parse_network(net), 32))
    assert block
    for svg in drawn_of(block, "A", ["zero-pad"], language):
        assert f": {labels[key]}" in svg.attrib["aria-label"] or f"：{labels[key]}" in svg.attrib["aria-label"]
        assert all(part in words(svg) for part in labels[key].split("; "))


def test_faces_are_to_the_scale_of_x() -> None:
    for root in drawn("B"):
        faces: list[float] = []
        for polygon in root.iter(f"{SVG}polygon"):
            (x0, y0), (x1, _), (_, y2), _ = (tuple(map(float, p.split(","))) for p in polygon.attrib["points"].split())
            if y0 != y2 and abs(x1 - x0) == pytest.approx(abs(y2 - y0), abs=0.2):
                faces.append(x1 - x0)
        assert len(faces) > 2
        assert faces[0] == pytest.approx(2 * faces[1], abs=0.2), "x has twice the columns of all others"
        assert len({round(side) for side in faces[1:]}) == 1


@pytest.mark.parametrize("net", ["resnet34", "resnet152", "bottleneck-1-w8-cifar", "basic-2.2-w16-x1-cifar"])
@pytest.mark.parametrize("way", ["A", "C"])
def test_the_row_of_blocks_stands_below_all_tensors(net: str, way: str) -> None:
    block = ways_out.changing(plan(parse_network(net), 32))
    assert block
    for root in drawn_of(block, way, ["projection"], "en"):
        labels = lesson("shortcuts").labels
        lines = {"".join(text.itertext()): float(text.attrib["y"]) for text in root.iter(f"{SVG}text")}
        row = next(y for words, y in lines.items() if words.startswith(labels["fit_blocks"]))
        assert max(y for words, y in lines.items() if "×" in words and y != row) <= row - 18, "a line of words"


def test_everything_stays_inside() -> None:
    for way, tensors in (("none", 3), ("A", 5), ("B", 4)):  # y is one more, and so are A's channels of zeros
        for root in drawn(way):
            _, _, wide, tall = map(float, root.attrib["viewBox"].split())
            polygons = list(root.iter(f"{SVG}polygon"))
            assert len(polygons) == 3 * tensors
            for polygon in polygons:
                for point in polygon.attrib["points"].split():
                    x, y = map(float, point.split(","))
                    assert 0 <= x <= wide
                    assert 0 <= y <= tall
