"""The diagram says what the plan says."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resnet_viz import ResNetSpec, parse_network, plan, preset, presets, receptive_field
from resnet_viz.draw.diagram import FOLD_ABOVE, DiagramView, diagram, draw
from resnet_viz.draw.numbers import compact
from resnet_viz.nets.plan import Plan
from resnet_viz.text import LANGUAGES, lesson
from tests.conftest import specs

WORDS = lesson("diagram").labels
SVG = "{http://www.w3.org/2000/svg}"
NOTHING_FOLDED = frozenset(f"layer{n}" for n in range(1, 5))


def items(p: Plan, view: DiagramView | None = None) -> list[dict[str, str]]:
    """The attributes of everything that can be clicked, from a file that is XML on its own."""
    root = ElementTree.fromstring(diagram(p, view=view, words=WORDS).svg)
    assert root.tag == f"{SVG}svg"
    return [dict(e.attrib) for e in root.iter() if "data-name" in e.attrib]


def natural(name: str) -> Plan:
    return plan(preset(name), 32 if name.startswith("cifar") else 224)


@given(specs(largest_stage=9), st.sampled_from([3, 10]))
@settings(max_examples=40)
def test_every_block_and_every_skip_is_there(spec: ResNetSpec, columns: int) -> None:
    p = plan(spec, 64)
    found = items(p, DiagramView(unfolded=NOTHING_FOLDED, columns=columns))
    assert [i["data-name"] for i in found if i["data-kind"] == "block"] == list(spec.blocks)
    skips = {i["data-blocks"]: i for i in found if i["data-kind"] == "skip"}
    assert list(skips) == list(spec.blocks)
    for shape in spec.geometry():
        arc = skips[shape.name]
        assert arc["role"] == "switch"
        assert arc["aria-checked"] == str(spec.has_skip(shape.name)).lower()
        assert shape.shortcut_option in arc["class"].split()
        assert ("off" in arc["class"].split()) == (shape.shortcut == "none")
        assert WORDS[shape.shortcut_option] in arc["aria-label"], "the label says it as well as the colour"


@given(specs(largest_stage=2), st.data())
@settings(max_examples=40)
def test_an_open_block_shows_each_of_its_layers_with_the_plans_numbers(spec: ResNetSpec, data: st.DataObject) -> None:
    p = plan(spec, 64)
    block = p.block(data.draw(st.sampled_from(spec.blocks)))
    view = DiagramView(open_block=block.name, columns=data.draw(st.sampled_from([3, 10])))
    shown = {
        i["data-name"]: i for i in items(p, view) if i["data-kind"] == "layer" and i["data-name"].startswith(block.name + ".")
    }
    assert set(shown) == {layer.name for layer in block.layers}
    for layer in block.layers:
        said = shown[layer.name]
        assert said["data-shape"] == "×".join(map(str, layer.out_shape))
        assert int(said["data-params"]) == layer.params
        assert int(said["data-macs"]) == layer.macs
        assert int(said["data-rf"]) == receptive_field(spec, layer.name).size


@pytest.mark.parametrize("name", presets())
def test_folding_hides_blocks_and_keeps_their_arcs(name: str) -> None:
    p = natural(name)
    found = items(p)
    blocks = Counter(i["data-name"].partition(".")[0] for i in found if i["data-kind"] == "block")
    in_arcs = [b for i in found if i["data-kind"] == "skip" for b in i["data-blocks"].split()]
    assert in_arcs == list(p.spec.blocks), "each skip is in exactly one arc"
    for stage in p.stages:
        assert blocks[stage.name] == (len(stage.blocks) if len(stage.blocks) <= FOLD_ABOVE else 1)


def test_a_folded_card_counts_the_skips_that_are_left() -> None:
    spec = preset("resnet152").with_skip("layer3.7", False)
    svg = diagram(plan(spec), words=WORDS).svg
    assert "34/35" in svg
    assert ">× 35<" in svg


def test_labels_on_shortcuts() -> None:
    texts = ElementTree.fromstring(diagram(natural("resnet50"), words=WORDS).svg).itertext()
    counted = Counter(texts)
    assert counted["1×1"] == 1, "stage 1 projects without a stride"
    assert counted["1×1, /2"] == 3
    padded = Counter(ElementTree.fromstring(diagram(natural("cifar_resnet20"), words=WORDS).svg).itertext())
    assert padded[f"{WORDS['pad']}, /2"] == 2


@pytest.mark.parametrize("columns", [3, 10])
def test_in_chinese_no_name_and_no_word_counts_in_thousands(columns: int) -> None:
    view = DiagramView(open_block="layer2.0", columns=columns)
    svg = diagram(natural("resnet50"), view=view, words=lesson("diagram", "zh").labels, language="zh").svg
    root = ElementTree.fromstring(svg)
    said = [e.attrib["aria-label"] for e in root.iter() if "aria-label" in e.attrib]
    said += [text.text or "" for text in root.iter(f"{SVG}text")]
    assert not [each for each in said if re.search(r"\d ?[kMGT]\b(?!AC)", each)]
    layer = natural("resnet50").by_name["layer2.0.conv2"]
    assert any(compact(layer.macs, language="zh") in each for each in said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_notebook_shows_it(language: str) -> None:
    drawn = draw(natural("resnet18"), language)
    assert drawn._repr_svg_() == drawn.svg
    assert drawn.text.count("\n") == 5, "a line for the stem, each stage and the head"
    assert compact(natural("resnet18").stages[3].params, language=language) in drawn.text


def test_hostile_words_are_escaped() -> None:
    hostile = dict.fromkeys(WORDS, '"><script>alert(1)</script>')
    svg = diagram(natural("resnet18"), view=DiagramView(open_block="layer2.0"), words=hostile).svg
    ElementTree.fromstring(svg)
    assert "<script" not in svg


@pytest.mark.parametrize("name", ["resnet18", "resnet50", "resnet152", "cifar_resnet110"])
@pytest.mark.parametrize("columns", [3, 10])
def test_it_fits_the_page_it_is_drawn_for(name: str, columns: int) -> None:
    """Its natural width stays where a page of that many columns can show 13-pixel text at a readable size."""
    drawn = diagram(natural(name), view=DiagramView(columns=columns, unfolded=NOTHING_FOLDED), words=WORDS)
    assert drawn.width <= (430 if columns == 3 else 1340)


def test_what_is_selected_is_marked() -> None:
    chosen = [i for i in items(natural("resnet18"), DiagramView(selected="layer2.1")) if "selected" in i.get("class", "").split()]
    assert [i["data-name"] for i in chosen] == ["layer2.1"]


def test_unknown_stages_in_a_view_are_left_out() -> None:
    p = plan(parse_network("basic-9.2-w8"), 64)
    assert DiagramView(unfolded=frozenset({"layer4", "layer2"})).unfolded_stages(p) == {"layer2"}
