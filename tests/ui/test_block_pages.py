"""The residual block and the shortcuts, run by Streamlit's own test bench."""

from __future__ import annotations

from dataclasses import replace

import pytest

from resnet_viz import plan, preset
from resnet_viz.nets.published_results import TOP1_ERROR_34
from resnet_viz.probes import mixing
from resnet_viz.text import lesson
from tests.ui.test_pages import link, open_page, texts

BLOCK, WAYS = lesson("block").labels, lesson("shortcuts").labels


def test_a_silent_branch_is_measured_to_be_the_identity() -> None:
    at = open_page("block", branch="zero")
    count = f"{16 * 32 * 32:,}"
    assert BLOCK["said_silent"].format(equal=count, count=count) in texts(at)
    at.selectbox("w_block").select("layer2.0").run()
    assert BLOCK["said_silent_change"] in texts(at)
    assert link(at)["block"] == "layer2.0"


def test_a_removed_skip_is_said() -> None:
    at = open_page("block")
    at.segmented_control("w_block_skip").set_value(False).run()
    assert BLOCK["said_plain"] in texts(at)
    assert "cut1.0" in link(at)["net"]


def test_order_and_norm_make_another_network_and_keep_the_rest() -> None:
    at = open_page("block", net="resnet18", size="64")
    at.segmented_control("w_block_order").set_value("pre").run()
    at.segmented_control("w_block_norm").set_value("none").run()
    assert not at.exception
    assert link(at)["net"] == str(replace(preset("resnet18"), order="pre", norm="none"))


@pytest.mark.parametrize(
    "net",
    ["resnet18", "resnext50_32x4d", "bottleneck-1.1-w8-cifar-sA-pre-nobn-c7", "basic-1-w1-in1", "basic-2.2-w8-cifar-sC-plain"],
)
@pytest.mark.parametrize("branch", ["full", "zero"])
def test_every_kind_of_block_opens(net: str, branch: str) -> None:
    at = open_page("block", net=net, size="32", branch=branch, follow="99.99.99", step="20", block="layer1.0")
    assert not at.exception


def test_the_prediction_about_silence_is_measured() -> None:
    at = open_page("block")
    at.pills("w_predict_block").set_value(1).run()
    assert at.success


def test_shortcut_costs_are_the_plans_and_errors_are_cited() -> None:
    at = open_page("shortcuts", net="resnet34")
    table = at.table[0].value
    for i, option in enumerate(("A", "B", "C")):
        p = plan(replace(preset("resnet34"), shortcut=option), 224)
        side = sum(layer.params for layer in p.layers if ".downsample" in layer.name)
        assert table[WAYS["col_params"]].iloc[i] == f"{side:,}"
        assert table[WAYS["col_error"]].iloc[i] == f"{TOP1_ERROR_34[option].value:.2f} %"


def test_choosing_an_option_changes_network_and_code() -> None:
    at = open_page("shortcuts")
    assert "ZeroPad" in at.code[0].value
    at.segmented_control("w_shortcut_option").set_value("B").run()
    assert "ZeroPad" not in at.code[0].value
    assert "sA" not in link(at)["net"]


def test_two_shapes_and_pytorchs_own_error() -> None:
    at = open_page("shortcuts")
    assert "must match the size" in at.error[0].value
    at.number_input("w_right_0").set_value(64).run()
    for i in (1, 2):
        at.number_input(f"w_right_{i}").set_value(56).run()
    assert not at.error
    assert WAYS["add_fits"].format(shape="64×56×56") in [s.value for s in at.success]
    at.number_input("w_right_0").set_value(1).run()
    assert any("64×56×56" in w.value for w in at.warning)
    assert link(at)["right"] == "1.56.56"


def test_one_stage_never_down_samples() -> None:
    assert WAYS["level_one"] in texts(open_page("shortcuts", net="basic-3-w16-cifar"))


@pytest.mark.parametrize("mix", ["learned", "note"])
def test_where_the_learned_mix_comes_from_is_said_beside_it(mix: str) -> None:
    said = [caption.value for caption in open_page("mixing", mix=mix).caption]
    corner = mixing.LEARNED
    assert any(corner.layer in one and f"{corner.all_inputs - 3} more" in one for one in said) == (mix == "learned")
