"""The shortcuts and the mixer, run by Streamlit's own test bench."""

from __future__ import annotations

from dataclasses import replace

import pytest

from resnet_viz import plan, preset
from resnet_viz.nets.published_results import TOP1_ERROR_34
from resnet_viz.probes import mixing
from resnet_viz.text import lesson
from tests.ui.test_pages import link, open_page, texts

WAYS = lesson("shortcuts").labels


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
