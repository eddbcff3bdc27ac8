"""The network that *Build* compares with: the same without skips follows the network, any other one stays."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from resnet_viz.nets.presets import parse_network, preset
from resnet_viz.text import JOINER, LANGUAGES, lesson
from tests.ui.test_pages import link, open_page, open_shown

NETS = ("resnet34", "cifar_resnet20", "resnet50")


def menu(at: AppTest) -> str:
    """What the menu shows as chosen."""
    box = at.selectbox("w_vs")
    return str(box.proto.raw_value).replace(JOINER, "")


def named(net: str, language: str) -> str:
    """What people call a network."""
    spec, words = parse_network(net), lesson("network", language)
    name = next(words.labels[f"net_{each}"] for each in ("resnet18", *NETS) if preset(each) == spec.residual())
    return name if spec.skips == "all" else words.say("plain_of", name=name).replace(JOINER, "")


def against(at: AppTest) -> str:
    """Beside the depth: the other network and its depth."""
    return str(at.metric[0].delta).replace(JOINER, "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_without_skips_follows_the_network(language: str) -> None:
    words = lesson("build", language).labels
    at = open_shown("build", "build", lang=language)
    at.selectbox("w_vs").select("twin").run()
    for name in NETS:
        at.selectbox("w_net").select(name).run()
        assert menu(at) == words["versus_plain"]
        assert link(at)["versus"] == "twin"
        plain = str(preset(name).plain())
        assert named(plain, language) in against(at)
        assert str(preset(name).depth) in against(at)
    at.session_state["w_compose"] = True
    at.run().segmented_control("w_skips").set_value("none").run()
    assert menu(at) == words["versus_residual"]
    assert named(NETS[-1], language) in against(at)
    assert named(plain, language) not in against(at)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("other", ["basic-2.2.2.2-plain", "resnet34", "resnet18"])
def test_a_network_of_its_own_stays_and_has_its_name(other: str, language: str) -> None:
    at = open_shown("build", "build", lang=language, versus=other)
    for name in ("", *NETS):
        if name:
            at.selectbox("w_net").select(name).run()
        assert menu(at) == named(other, language)
        assert named(other, language) in against(at)
        assert link(at)["versus"] == other


def test_what_the_menu_lists_can_be_chosen() -> None:
    at = open_page("build", lang="en", versus="basic-2.2.2.2-plain")
    for option in ("none", "twin", "resnet101"):
        at.selectbox("w_vs").select(option).run()
        assert not at.exception
        assert link(at)["versus"] == option
