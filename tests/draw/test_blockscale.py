"""The drawing is to scale, says in words what it shows, and looks the same alone as in the pair."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

import pytest

from resnet_viz.draw.blockscale import HEIGHT, PANEL, Scaled, blockscale
from resnet_viz.draw.numbers import compact
from resnet_viz.draw.palette import PURPLE, SLATE
from resnet_viz.nets.blockcost import block_plan, terms
from resnet_viz.text import LANGUAGES, lesson

BLOCKS = ("basic", "bottleneck")


def scaled(channels: int = 64, language: str = "en") -> list[Scaled]:
    words = lesson("bottleneck", language).labels
    return [Scaled(words[block], terms(block, channels, 28, 14)) for block in BLOCKS]


def draw(channels: int = 64, language: str = "en", only: int | None = None) -> ElementTree.Element:
    return ElementTree.fromstring(blockscale(scaled(channels, language), lesson("quiz", language), only))


def found(root: ElementTree.Element, tag: str) -> list[ElementTree.Element]:
    return [e for e in root.iter() if e.tag.endswith(f"}}{tag}")]


def widths(polygon: ElementTree.Element) -> tuple[float, float]:
    xs = [float(point.split(",")[0]) for point in polygon.attrib["points"].split()]
    return xs[1] - xs[0], xs[2] - xs[3]


@pytest.mark.parametrize("channels", [16, 64, 1024])
def test_widths_are_channels_and_bars_are_multiply_adds(channels: int) -> None:
    root, every = draw(channels), [term for block in scaled(channels) for term in block.terms]
    shapes, bars = found(root, "polygon"), [e for e in found(root, "rect") if "class" not in e.attrib]
    assert len(shapes) == len(bars) == len(every) == 5
    for shape, bar, term in zip(shapes, bars, every, strict=True):
        above, below = widths(shape)
        first_above, _ = widths(shapes[0])
        assert above / first_above == pytest.approx(term.in_channels / channels, abs=0.002)
        assert below / first_above == pytest.approx(term.out_channels / channels, abs=0.002)
        assert float(bar.attrib["width"]) / float(bars[0].attrib["width"]) == pytest.approx(term.macs / every[0].macs, abs=0.001)
        assert shape.attrib["fill"] == bar.attrib["fill"] == (PURPLE if term.kernel == 1 else SLATE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_say_what_is_drawn(language: str) -> None:
    root = draw(256, language)
    assert root.attrib["role"] == "img"
    for said in (root.attrib["aria-label"], "".join(found(root, "desc")[0].itertext())):
        for block in BLOCKS:
            assert lesson("bottleneck", language).labels[block] in said
            assert compact(block_plan(block, 256, 28, 14).macs, language=language) in said
        assert "256" in said
        assert ("万" in said or "亿" in said) == (language == "zh")
        assert bool(re.search(r"\d [kMG]\b", said)) == (language == "en")
        assert "{" not in said
    shown = " ".join("".join(e.itertext()) for e in found(root, "text"))
    assert "1×1, 256 → 64" in shown
    assert "17/16·C²HW" in shown


def test_one_alone_is_the_one_of_the_pair() -> None:
    pair = draw()
    assert pair.attrib["viewBox"] == f"0 0 {2 * PANEL} {HEIGHT}"
    for i in range(2):
        alone = draw(only=i)
        assert alone.attrib["viewBox"] == f"0 0 {PANEL} {HEIGHT}"
        panel, same = ([g for g in found(root, "g") if "transform" in g.attrib] for root in (pair, alone))
        assert len(same) == 1
        assert [ElementTree.tostring(e) for e in panel[i]] == [ElementTree.tostring(e) for e in same[0]]


def test_everything_stays_inside() -> None:
    for channels in (16, 1024):
        root = draw(channels)
        shapes, bars = found(root, "polygon"), found(root, "rect")
        assert len(shapes) == len(bars) == 5
        for shape in shapes:
            for point in shape.attrib["points"].split():
                x, y = map(float, point.split(","))
                assert 0 <= x <= PANEL
                assert 0 <= y <= HEIGHT
        for bar in bars:
            x, y, width, height = (float(bar.attrib[side]) for side in ("x", "y", "width", "height"))
            assert 0 <= x <= x + width <= PANEL
            assert 0 <= y <= y + height <= HEIGHT
