"""Build: the table of five networks, what the head costs, first weights and a thousand layers."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from functools import partial
from xml.etree import ElementTree

import pytest
import torch
from hypothesis import given, settings
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from resnet_viz import build, parse_network, plan, preset, presets
from resnet_viz.draw.family_table import FAMILY, family, family_table, stage_layers
from resnet_viz.nets.headcost import head_cost
from resnet_viz.nets.published_results import CIFAR_TEST_ERROR, MULTIPLY_ADDS, PRE_ACTIVATION_ERROR
from resnet_viz.nets.receptive_fields import receptive_field
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.text import LANGUAGES, Lesson, lesson
from resnet_viz.ui.kit import network_picker
from resnet_viz.ui.kit.numbers import big
from resnet_viz.ui.kit.prose import MORE
from resnet_viz.ui.kit.stage_bars import to_csv as stages_csv
from resnet_viz.ui.lessons.build import cost, head, initial_weights, thousand
from resnet_viz.ui.lessons.build.family import to_csv as family_csv
from tests.conftest import specs
from tests.ui.test_pages import link, open_compose, open_page, texts

WORDS = lesson("build")


def table(language: str = "en", *, costs: bool = True) -> ElementTree.Element:
    words = {**lesson("network", language).labels, **lesson("build", language).labels}
    html = family_table(words, lambda value, digits: big(value, digits, language), lambda name: f"?net={name}", costs=costs)
    return ElementTree.fromstring(html.replace("<br>", "<br/>"))


def said(element: ElementTree.Element) -> str:
    return " ".join("".join(element.itertext()).split())


def label(cell: ElementTree.Element) -> str:
    """What a phone shows before a cell's value."""
    return said(cell[0])


def value(cell: ElementTree.Element) -> str:
    return said(cell[1])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_is_the_papers(language: str) -> None:
    rows = table(language).findall("tbody/tr")
    assert [row.get("data-name") for row in rows] == list(FAMILY)
    for row, known in zip(rows, family(), strict=True):
        (opening,) = row.iter("a")
        assert opening.get("href") == f"?net={known.name}"
        spec = preset(known.name)
        for cell, stage, blocks in zip(row.findall("td")[1:5], known.plan.stages, spec.stages, strict=True):
            assert f"× {blocks}" in said(cell)
            assert all(layer in said(cell) for layer in stage_layers(stage))
            assert "×".join(map(str, stage.out_shape[1:])) in label(cell)
        params, macs, paper = (value(cell) for cell in row.findall("td")[5:])
        assert params == big(known.plan.params, 1, language)
        assert macs == big(known.plan.macs, 2, language)
        assert paper.startswith(big(MULTIPLY_ADDS[known.name].value, 1, language))
        assert (known.paper_stride_macs is not None) == (spec.block == "bottleneck")


def test_the_papers_stride_brings_the_number_to_the_papers() -> None:
    for row in family():
        here = row.paper_stride_macs or row.plan.macs
        assert abs(here - row.paper_macs) < 1e8
        assert row.paper_stride_macs is None or abs(row.plan.macs - row.paper_macs) > 1e8
    v1 = plan(parse_network("bottleneck-3.4.6.3-v1"), 224).macs
    for language, number in (("en", "3.86"), ("zh", "38.6")):
        assert number in big(v1, 2, language)
        assert number in lesson("build", language).sections["family"]


def test_costs_are_question_marks_until_somebody_guessed() -> None:
    assert all(value(cell) == "?" for row in table(costs=False).findall("tbody/tr") for cell in row.findall("td")[5:])


def test_the_files_say_the_same() -> None:
    rows = list(csv.DictReader(io.StringIO(family_csv())))
    assert [int(row["multiply_adds"]) for row in rows] == [plan(preset(name)).macs for name in FAMILY]
    stages = list(csv.DictReader(io.StringIO(stages_csv([plan(preset("resnet18"))], ["one"]))))
    assert sum(int(row["parameters"]) for row in stages) == plan(preset("resnet18")).params


# The head


def test_the_heads_numbers_in_prose() -> None:
    p = plan(preset("resnet18"))
    found = head_cost(p)
    assert (found.maps, found.pooled, found.whole_map) == ((512, 7, 7), 513_000, 25_089_000)
    assert math.prod(found.maps) == 25_088
    assert found.pooled == sum(q.numel() for q in build(p.spec).get_submodule("fc").parameters())
    assert found.whole_map > 2 * found.rest
    for language in LANGUAGES:
        prose = lesson("build", language).sections["head"]
        assert all(f"{n:,}" in prose for n in (found.pooled, found.whole_map, 25_088, p.stem.macs))
    assert round(p.stem.macs / p.macs, 2) == 0.07


def stem_facts(*convolutions: nn.Conv2d) -> tuple[int, int, int]:
    """Multiply-adds counted by torch, the side of the map, and how many pixels across one of its numbers depends on."""
    stem, x = nn.Sequential(*convolutions), torch.rand(1, 3, 224, 224, requires_grad=True)
    for layer in convolutions:
        nn.init.constant_(layer.weight, 1.0)  # so that nothing cancels
    with FlopCounterMode(display=False) as counted:
        y = stem(x)
    y[0, 0, 50, 50].backward()
    assert x.grad is not None
    return counted.get_total_flops() // 2, y.shape[-1], int((x.grad[0].abs().sum((0, 1)) > 0).sum())


def test_why_the_stem_is_seven_by_seven_is_answered_by_measurement() -> None:
    spec = preset("resnet18")
    conv = partial(nn.Conv2d, bias=False)
    seven = stem_facts(conv(3, 64, 7, 2, 3))
    three = stem_facts(conv(3, 32, 3, 2, 1), conv(32, 32, 3, 1, 1), conv(32, 64, 3, 1, 1))
    assert seven == (plan(spec).stem.macs, 112, receptive_field(spec, "conv1").size)
    assert seven[2] == 7
    assert three == (357_654_528, 112, 11)
    assert f"{three[0] / seven[0]:.1f}" == "3.0"
    sixty_four = stem_facts(conv(3, 64, 3, 1, 1))[0] * 64 // 3  # the same kernel on 64 channels instead of 3
    assert plan(spec).by_name["layer1.0.conv1"].macs * 16 == sixty_four, "a kernel costs as much as it reads channels"
    for language in LANGUAGES:
        more = lesson("build", language).sections["head"].partition(MORE)[2]
        assert all(said in more for said in ("357,654,528", "112×112", " 7 ", " 11 ", " 3.0 "))


@pytest.mark.parametrize("language", LANGUAGES)
@given(spec=specs())
@settings(max_examples=40)
def test_what_is_said_of_a_head_is_right_for_every_network(language: str, spec: ResNetSpec) -> None:
    words = lesson("build", language)
    for size in (8, 32, 224):
        found = head_cost(plan(spec, size))
        told = head.sentence(found, "net", words)
        assert "nan" not in told
        pieces = {
            key: words.labels[key].partition("{maps}")[2].partition("{")[0] for key in ("head_same", "head_more", "head_less")
        }
        is_same = pieces["head_same"] in told
        assert is_same == (found.maps[1:] == (1, 1)) == (found.pooled == found.whole_map)


# The sentence about costs


def plans() -> Iterator[ResNetSpec]:
    yield from map(preset, presets())
    yield preset("resnet18").plain()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sentence_has_its_numbers_for_every_preset(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network_picker, "text", lambda name: lesson(name, language))
    words: Lesson = lesson("build", language)
    for spec in plans():
        told = cost.sentence(plan(spec, 224 if spec.stem == "imagenet" else 32), words)
        assert "nan" not in told
        assert "{" not in told


def test_an_identity_shortcut_keeps_nothing_and_a_projection_does() -> None:
    p = plan(preset("resnet50"))
    kept = {kind: sum(x.activation_bytes for x in p.layers if x.kind == kind) for kind in ("add", "identity")}
    assert kept == {"add": 0, "identity": 0}
    assert all(x.activation_bytes for x in p.layers if x.name.endswith("downsample.1"))


# First weights


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("relu", [True, False])
def test_two_over_n_stays_with_relus_and_one_over_n_without(language: str, relu: bool) -> None:
    found = initial_weights.measured(relu)
    kept = 2 if relu else 1
    assert initial_weights.steadiest(found) == kept
    assert 0.1 < found[kept][-1] < 10
    assert found[kept][1] == pytest.approx(kept, rel=0.1), "the input has not passed a ReLU, so nothing of it was halved"
    assert all(not 0.001 < found[factor][-1] < 1000 for factor in found if factor != kept)
    assert f"{kept}/n" in initial_weights.sentence(found, lesson("build", language), relu=relu)


def test_the_prediction_on_first_weights_and_what_it_hides() -> None:
    at = open_page("build", further="init")
    assert lesson("build").sections["init"] not in texts(at)
    at.button("w_predict_init_1").click().run()
    assert f"**{lesson('common').labels['right']}**" in texts(at)
    assert "½ · n · v" in texts(at)
    at.segmented_control("w_relu").set_value("without").run()
    assert initial_weights.sentence(initial_weights.measured(False), WORDS, relu=False) in texts(at)
    assert link(at)["relu"] == "without"


# A thousand layers


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_thousand_layers_are_the_papers(language: str) -> None:
    words = lesson("build", language)
    found = thousand.question(words)
    assert found.answer == 2
    assert "7.93" in found.because
    assert "6.43" in found.because
    assert CIFAR_TEST_ERROR[1202].value > CIFAR_TEST_ERROR[110].value
    assert round(thousand.params(1202) / 1e6, 1) == 19.4
    assert str(PRE_ACTIVATION_ERROR[1001].value) in words.sections["thousand"]
    assert str(CIFAR_TEST_ERROR[110].value) in words.labels["thousand_ask"]


def test_its_error_is_hidden_until_somebody_guessed() -> None:
    at = open_page("build", further="thousand")
    assert "7.93" not in texts(at)
    at.button("w_predict_thousand_show").click().run()
    assert "7.93" in texts(at)


def test_numbers_that_belong_together_follow_each_other_in_one_column_too() -> None:
    keys = [str(field.key).removeprefix("w_") for field in open_compose().number_input]
    width = keys.index("spec_width")
    assert keys[width : width + 3] == ["spec_width", "spec_groups", "spec_width_per_group"]
