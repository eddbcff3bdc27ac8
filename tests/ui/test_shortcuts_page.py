"""Shortcuts and down-sampling, run by Streamlit's own test bench."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from resnet_viz import plan, preset
from resnet_viz.nets.presets import natural_side, parse_network
from resnet_viz.nets.published_results import SHORTCUTS_110, TOP1_ERROR_34
from resnet_viz.studies import widening
from resnet_viz.studies.widening import Trained
from resnet_viz.text import LANGUAGES, lesson, unbroken
from resnet_viz.ui.lessons.shortcuts import twice_the_channels, ways_out
from tests.ui.test_pages import link, open_page, texts

WORDS = lesson("shortcuts")
WAYS = WORDS.labels
NETS = [
    "resnet18",
    "resnet34",
    "resnet50",
    "cifar_resnet20",
    "cifar_resnet110",
    "basic-3-w16-cifar",
    "bottleneck-1-w8-cifar-sA-pre",
    "bottleneck-1.1.1.1",
    "basic-1.1-w16-cifar",
    "basic-2.2-w16-x1-cifar",
]


def show(at: AppTest, key: str) -> AppTest:
    """The same page after "show me"."""
    at.button(f"w_predict_{key}_show").click().run()
    assert not at.exception
    return at


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("way", ["none", "A", "B", "C"])
@pytest.mark.parametrize("net", NETS)
def test_every_way_in_every_network(net: str, way: str, language: str) -> None:
    at = open_page("shortcuts", net=net, way=way, lang=language)
    if net == "basic-3-w16-cifar":
        assert lesson("shortcuts", language).labels["level_one"] in [info.value for info in at.info]
        return
    assert bool(at.error) == (way == "none"), "PyTorch adds what fits and nothing else"
    assert bool(at.success) == (way != "none")
    show(at, "shortcuts")
    assert not re.search(r"\bnan\b", texts(at))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("lacking", ["every", "one"])
@pytest.mark.parametrize("name", ["resnet34", "cifar_resnet20"])
def test_of_a_network_without_skips_the_page_says_what_it_says_of_its_residual_twin(
    name: str, lacking: str, language: str
) -> None:
    spec = preset(name)
    other = spec.plain() if lacking == "every" else spec.with_skip("layer2.0", False)
    whole, without = (
        show(open_page("shortcuts", net=net, way="B", further="picture", lang=language), "shortcuts")
        for net in (str(spec), str(other))
    )
    assert texts(whole) == texts(without)
    assert whole.table[0].value.equals(without.table[0].value)
    drawn = [[image.proto.SerializeToString() for image in at.get("image")] for at in (whole, without)]
    assert drawn[0] == drawn[1], "what the shortcuts make of the picture is among it"
    assert len(drawn[0]) >= 3


@pytest.mark.parametrize("net", [net for net in NETS if net != "basic-3-w16-cifar"])
def test_the_caption_names_the_block_by_what_it_is_the_first_to_do(net: str) -> None:
    spec = parse_network(net)
    p = plan(spec, natural_side(spec))
    at = open_page("shortcuts", net=net)
    halves = [block.name for block in p.blocks if block.in_shape[1:] != block.out_shape[1:]]
    widens = [block.name for block in p.blocks if block.in_shape[0] != block.out_shape[0]]
    said = texts(at)
    assert ("the first block that halves the picture" in said) == bool(halves)
    assert ("the first block that changes the channels" in said) == (not halves)
    assert f"{(halves or widens)[0]} of" in said


@pytest.mark.parametrize("net", [net for net in NETS if net != "basic-3-w16-cifar"])
def test_projections_are_counted_and_called_cheap_where_they_are(net: str) -> None:
    spec = parse_network(net)
    p = plan(replace(spec, shortcut="B"), natural_side(spec))
    at = show(open_page("shortcuts", net=net), "shortcuts")
    count = len({layer.name for layer in p.layers if layer.kind == "conv" and ".downsample" in layer.name})
    assert ("has one such projection." in texts(at)) == (count == 1)
    assert (f"has {count} such projections." in texts(at)) == (count > 1)
    share = ways_out.side_costs(p)[1] / p.macs
    assert (WAYS["share_cheap"] in texts(at)) == (share < 0.1)


def test_the_page_opens_with_what_does_not_fit_in_pytorchs_own_words() -> None:
    at = open_page("shortcuts")
    assert WORDS.labels["torch_refuses"] in texts(at), "so that it does not look like a crash"
    assert "must match the size" in at.error[0].value
    assert "(28)" in at.error[0].value
    assert "(56)" in at.error[0].value


def test_the_costs_are_the_plans_and_hidden_until_predicted() -> None:
    at = open_page("shortcuts", net="resnet34", way="B")
    assert not at.table
    show(at, "shortcuts")
    table = at.table[0].value
    for i, option in enumerate(ways_out.OPTIONS):
        p = plan(replace(preset("resnet34"), shortcut=option), 224)
        side = sum(layer.params for layer in p.layers if ".downsample" in layer.name)
        assert table[WAYS["col_params"]].iloc[i].strip("*") == f"{side:,}"


@pytest.mark.parametrize("net", NETS)
@pytest.mark.parametrize("option", ways_out.OPTIONS)
def test_the_sentence_about_the_costs_is_right_for_every_network(net: str, option: str) -> None:
    p = plan(replace(parse_network(net), shortcut=option), 64)
    said = ways_out.said(p, WORDS)
    params = sum(layer.params for layer in p.layers if ".downsample" in layer.name)
    assert (f"{params:,}" in said) == bool(params)
    assert "0.0%" not in said or params / p.params < 0.001


def test_the_share_is_answered_from_the_plan() -> None:
    at = open_page("shortcuts", net="resnet34")
    at.button("w_predict_shortcuts_0").click().run()
    p = plan(replace(preset("resnet34"), shortcut="B"), 224)
    share = sum(layer.macs for layer in p.layers if ".downsample" in layer.name) / p.macs
    assert share < 0.01
    assert f"{share:.2%}" in texts(at)
    assert f"**{lesson('common').labels['right']}**" in texts(at)


def test_a_share_just_below_a_bound_is_not_rounded_up_to_it() -> None:
    """Of all shipped networks the one for photographs comes closest: 0.997%."""
    at = open_page("shortcuts", net="photo_resnet18", way="B")
    at.button("w_predict_shortcuts_0").click().run()
    spec = preset("photo_resnet18")
    p = plan(replace(spec, shortcut="B"), natural_side(spec))
    share = ways_out.side_costs(p)[1] / p.macs
    assert f"{share:.2%}" == "1.00%", "it would be"
    assert f"**{lesson('common').labels['right']}**" in texts(at)
    assert f"{share:.3%}" in texts(at)
    assert not re.search(r"\b1\.0+%", texts(at) + str(at.table[0].value))


def test_the_published_errors_hide_until_predicted() -> None:
    at = open_page("shortcuts")
    identity = SHORTCUTS_110["identity"]
    said = WORDS.say("errors_said", identity=identity.value, projected=12.22, source=identity.source)
    assert said not in texts(at)
    show(at, "shortcuts_gain")
    assert said in texts(at)
    assert f"{TOP1_ERROR_34['A'].value - TOP1_ERROR_34['C'].value:.2f} points" in texts(at)


def test_what_the_channels_buy_hides_until_predicted() -> None:
    at = open_page("shortcuts")
    said = twice_the_channels.said(widening.recorded(), WORDS)
    assert said not in texts(at)
    show(at, "shortcuts_widen")
    assert said in texts(at)


def trained(name: str, test: tuple[float, ...]) -> Trained:
    return Trained(name, widening.NETWORKS[name], 1_000, 100, ((8, 2, 2),), test, test)


@pytest.mark.parametrize(
    ("constant", "same", "keys"),
    [
        ((0.3, 0.4), (0.1, 0.2), ("widen_lost", "widen_unclear")),
        ((0.3, 0.4), (0.3, 0.4), ("widen_lost", "widen_priced")),
        ((0.1, 0.3), (0.1, 0.3), ("widen_even", "widen_unclear")),
        ((0.0, 0.0), (0.12, 0.12), ("widen_lost", "widen_unclear")),
    ],
)
def test_a_difference_is_one_where_no_two_runs_overlap(
    constant: tuple[float, ...], same: tuple[float, ...], keys: tuple[str, str]
) -> None:
    found = [trained("doubled", (0.1, 0.2)), trained("constant", constant), trained("same_price", same)]
    said = twice_the_channels.said(found, WORDS)
    first, second = (WAYS[key].split("{")[0] for key in keys)
    assert first in said
    assert second in said
    assert ("do not show that doubling" in said) == (keys[1] == "widen_unclear")
    assert ("more in every run" in said) == (keys[0] == "widen_lost")


def test_two_shapes_and_pytorchs_own_error() -> None:
    at = open_page("shortcuts", further="add", way="A")
    assert "must match the size" in at.error[0].value
    at.number_input("w_right_0").set_value(64).run()
    for i in (1, 2):
        at.number_input(f"w_right_{i}").set_value(56).run()
    assert not at.error
    assert WAYS["add_fits"].format(shape="64×56×56") in [s.value for s in at.success]
    at.number_input("w_right_0").set_value(1).run()
    assert any("64×56×56" in w.value for w in at.warning)
    assert link(at)["right"] == "1.56.56"


def test_the_way_out_is_in_the_link() -> None:
    at = open_page("shortcuts")
    at.segmented_control("w_way").set_value("C").run()
    assert link(at)["way"] == "C"
    assert not at.error


@pytest.mark.parametrize("language", LANGUAGES)
def test_further_experiments_open(language: str) -> None:
    at = open_page("shortcuts", further="add.picture.who.network", lang=language)
    assert not at.exception
    assert len(at.table) == 2
    assert unbroken("64×56×56 = 200,704") in texts(at)
