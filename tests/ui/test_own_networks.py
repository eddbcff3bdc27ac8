"""A page's own network: what is done to it stays behind, and what goes along with a network that was chosen."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from resnet_viz.nets.presets import natural_side, parse_network, preset
from resnet_viz.text import lesson
from resnet_viz.ui.kit.network_picker import SIZES
from tests.ui.test_pages import go_back, link, open_more, open_page, open_shown, texts


def go_to(at: AppTest, page: str) -> None:
    """By the navigation, whose addresses say nothing."""
    at.switch_page(f"../../pages/{page}.py")
    at.query_params.clear()
    at.run()
    assert not at.exception, at.exception


@pytest.mark.parametrize(("net", "goes_along"), [("photo_resnet18", ""), ("resnet34", "resnet34")])
def test_skips_that_a_page_removed_stay_behind(net: str, goes_along: str, monkeypatch: pytest.MonkeyPatch) -> None:
    at = open_page("activations", lang="en", net=f"{parse_network(net)}-cut2.0", size="96")
    cut, is_said = link(at), re.compile(r"without 1 of its \d+ skips")
    assert is_said.search(texts(at))
    for page, own in (("shortcuts", ""), ("build", ""), ("activations", "photo_resnet18")):
        go_to(at, page)
        assert link(at).get("net", "") == (goes_along or own), page
        assert link(at).get("size", "") == ("96" if goes_along else ""), "a size is that of a network"
        assert not is_said.search(texts(at))
    go_back(monkeypatch, at, cut, "activations")
    assert link(at) == cut, "a link says what it says"


def test_a_network_without_skips_goes_along() -> None:
    at = open_page("activations", lang="en", net=str(parse_network("resnet34").plain()))
    go_to(at, "build")
    assert parse_network(link(at)["net"]) == parse_network("resnet34").plain()


# The input size


NETS = ("resnet18", "resnet50", "cifar_resnet20", "photo_resnet18")
"""Two for pictures of one size, and one for each of the others."""


@pytest.mark.parametrize(
    ("page", "fold"), [("build", ""), ("activations", "w_more_activations"), ("shortcuts", "w_shortcuts_more")]
)
def test_a_size_stays_with_every_network_that_is_made_for_pictures_of_one_size(page: str, fold: str) -> None:
    at = open_page(page, lang="en")
    if fold:
        at.session_state[fold] = True
        at.run()
    for before in ("", *NETS):
        for name in NETS:
            if before:
                at.selectbox("w_net").select(before).run()
            shown, taken = str(at.selectbox("w_net").value), natural_side(preset(name))
            natural = natural_side(preset(shown))
            side = next(side for side in SIZES if side not in (natural, taken))
            at.selectbox("w_size").select(side).run()
            at.selectbox("w_net").select(name).run()
            assert at.selectbox("w_size").value == (side if natural == taken else taken), (shown, name)


def test_a_size_stays_while_the_network_is_changed_in_its_fields() -> None:
    at = open_page("build", lang="en")
    at.selectbox("w_size").select(64).run()
    at.session_state["w_compose"] = True
    at.run().segmented_control("w_skips").set_value("none").run()
    at.segmented_control("w_spec_order").set_value("pre").run()
    assert link(at)["size"] == "64"
    at.segmented_control("w_spec_stem").set_value("cifar").run()
    assert "size" not in link(at)


@pytest.mark.parametrize("page", ["block", "shortcuts", "build", "mixing"])
def test_the_size_of_a_pages_own_network_stays_behind(page: str) -> None:
    at = open_more("activations", lang="en")
    at.selectbox("w_size").select(320).run()
    assert link(at)["size"] == "320"
    go_to(at, page)
    assert "size" not in link(at)
    go_to(at, "activations")
    at.session_state["w_more_activations"] = True
    at.run().selectbox("w_net").select("resnet34").run()
    at.selectbox("w_size").select(320).run()
    go_to(at, page)
    assert link(at)["size"] == "320", "a network that was chosen has its size everywhere"


def test_a_further_experiments_own_network_keeps_its_own_size() -> None:
    """Lesson 6 is about ResNet-34 and shows what happens to a picture in CIFAR's ResNet-20."""
    own = lesson("shortcuts")

    def carried(at: AppTest) -> str:
        return next(caption.value for caption in at.markdown if caption.value.startswith("**x** · "))

    at = open_shown("shortcuts", "shortcuts", lang="en", further="picture")
    before = carried(at)
    assert own.say("picture_caption", block="layer2.0", name=lesson("network").labels["net_cifar_resnet20"]) in texts(at)
    assert carried(open_page("shortcuts", lang="en", further="picture", size="320")) == before
    both = open_page("shortcuts", lang="en", further="picture", size="64", net="cifar_resnet20")
    assert carried(both) != before, "of a network that was chosen it is the size too"
