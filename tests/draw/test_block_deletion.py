"""The picture of lesions, and the figures beside it."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from resnet_viz.draw.block_deletion import DeletionRow, lesion_picture
from resnet_viz.draw.ensemble import Cloud, clouds, path_figure
from resnet_viz.draw.responses import Response, ratio_figure, response_figure
from resnet_viz.text import LANGUAGES, lesson

BLOCKS = ("layer1.0", "layer1.1", "layer2.0", "layer2.1")
ROWS = (
    DeletionRow("plain-10", True, BLOCKS, (0.9, 0.8, None, 0.85), 0.3),
    DeletionRow("residual-10", False, BLOCKS, (0.5, 0.25, 0.2, 0.1), 0.1),
)


def buttons(svg: str) -> dict[str, ElementTree.Element]:
    root = ElementTree.fromstring(svg)
    return {item.attrib["data-name"]: item for item in root.iter() if "data-name" in item.attrib}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("narrow", [False, True])
def test_every_block_is_a_button_that_says_its_error(language: str, narrow: bool) -> None:
    words = lesson("ensemble", language).labels
    found = buttons(lesion_picture(ROWS, words, deleted=("layer1.1",), narrow=narrow))
    assert set(found) == {f"{kind}:{block}" for kind in ("plain", "residual") for block in BLOCKS}
    assert "25.0%" in found["residual:layer1.1"].attrib["aria-label"]
    assert "layer2.0" in found["plain:layer2.0"].attrib["aria-label"]
    pressed = {name for name, item in found.items() if item.attrib["aria-pressed"] == "true"}
    assert pressed == {"plain:layer1.1", "residual:layer1.1"}


def test_bars_are_as_tall_as_the_errors() -> None:
    found = buttons(lesion_picture(ROWS, lesson("ensemble").labels))

    def tall(name: str) -> float | None:
        bars = [item for item in found[name] if item.attrib.get("class") == "bar"]
        return float(bars[0].attrib["height"]) if bars else None

    assert tall("residual:layer1.0") == pytest.approx(2 * tall("residual:layer1.1"))  # type: ignore[operator]
    assert tall("plain:layer2.0") is None, "not measured"


def test_only_residual_blocks_have_a_skip() -> None:
    skips = {n for n, item in buttons(lesion_picture(ROWS, lesson("ensemble").labels)).items() if _classes(item) & {"skip"}}
    assert skips == {f"residual:{block}" for block in BLOCKS}


def _classes(item: ElementTree.Element) -> set[str]:
    return {child.attrib.get("class", "") for child in item}


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("blocks", [9, 27])
def test_nothing_is_drawn_outside(blocks: int, narrow: bool) -> None:
    names = tuple(f"layer{1 + i // (blocks // 3)}.{i % (blocks // 3)}" for i in range(blocks))
    svg = lesion_picture(
        [DeletionRow("residual-56", False, names, (1.0,) * blocks, 0.1)], lesson("ensemble").labels, narrow=narrow
    )
    width = float(re.findall(r'viewBox="0 0 (\d+)', svg)[0])
    boxes = [item for item in ElementTree.fromstring(svg).iter() if item.tag.endswith("rect")]
    assert max(float(b.attrib["x"]) + float(b.attrib["width"]) for b in boxes) <= width
    assert min(float(b.attrib["width"]) for b in boxes if b.attrib["class"] == "hit") >= 30, "wide enough for a finger"


def test_figures_show_their_numbers() -> None:
    words = {**lesson("ensemble").labels, **lesson("responses").labels}
    figure = clouds([Cloud("plain-20", True, {1: (0.5, 0.7)}), Cloud("residual-20", False, {1: (0.1, 0.3)})], words, axis="x")
    lines = [trace for trace in figure.data if trace.mode == "lines"]
    assert [list(line.y) for line in lines] == [[pytest.approx(0.6)], [pytest.approx(0.2)]]
    assert len({(line.line.color, line.line.dash) for line in lines}) == 2, "told apart without colour"
    shown = path_figure((0.25, 0.5, 0.25), (0.5, 0.4, 0.1), (), (), words)
    assert [list(bars.y) for bars in shown.data[:2]] == [[0.25, 0.5, 0.25], [0.5, 0.4, 0.1]]
    found = [Response("plain-8", 8, True, (1, 2), ()), Response("residual-8", 8, False, (1, 1), (0.5, 1.5))]
    assert [list(trace.y) for trace in response_figure(found, words).data] == [[1, 2], [1, 1]]
    ratios = ratio_figure(found, words)
    assert list(ratios.data[0].y) == [0.5, 1.5]
    assert ratios.layout.yaxis.range[1] > 1.5
