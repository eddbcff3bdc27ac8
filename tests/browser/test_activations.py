"""Inside the network in a real browser: arcs are cut where the guesses can be seen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from resnet_viz.text import lesson
from tests.browser.conftest import Visitor
from tests.thinned import quickly

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
LABELS = lesson("activations").labels


@pytest.mark.parametrize(("width", "height"), quickly([(1280, 720), (390, 844)], (1280, 720)))
def test_diagram_guesses_and_picture_share_a_screen_while_an_arc_is_cut(visit: Visit, width: int, height: int) -> None:
    visitor = visit(width, height)
    page = visitor.open("/activations?net=cifar_resnet20&pic=cat")
    page.get_by_role("button", name=lesson("common").labels["show_me"]).click()
    visitor.settled()
    arc = page.locator("svg.rv [data-name='skip:layer2.0']")
    arc.scroll_into_view_if_needed()
    arc.press("Enter")
    expect(page.locator(".rv-guesses")).to_contain_text(LABELS["before"], timeout=20_000)
    visitor.settled()
    for part in (".rv-guesses", ".rv-seen img", "svg.rv [data-name='skip:layer2.0']"):
        box = page.locator(part).bounding_box()
        assert box, part
        assert box["y"] >= 0, part
        assert box["y"] + box["height"] <= height, part


def test_a_picture_of_something_unknown_is_offered_apart(visit: Visit) -> None:
    visitor = visit()
    page = visitor.open("/activations?net=cifar_resnet20")
    expect(page.get_by_role("radio", name=LABELS["sample_cat"], exact=True)).to_be_visible()
    expect(page.get_by_role("radio", name=LABELS["sample_rocket"])).to_have_count(0)
    page.get_by_text(LABELS["unseen"]).click()
    page.get_by_role("radio", name=LABELS["sample_rocket"]).click()
    expect(page.locator(".rv-seen")).to_contain_text(LABELS["sample_rocket"], timeout=20_000)
    expect(page.get_by_role("radio", name=LABELS["sample_cat"], exact=True)).to_have_attribute("aria-checked", "false")


def test_evidence_that_is_switched_on_is_left_out_where_an_untrained_network_has_none(visit: Visit) -> None:
    visitor = visit()
    page = visitor.open("/activations?net=cifar_resnet20")
    evidence = page.get_by_role("checkbox", name=LABELS["maps_heat"])
    evidence.check()
    page.get_by_text(LABELS["more"]).click()
    page.get_by_role("radio", name=LABELS["weights_untrained"], exact=True).click()
    expect(evidence).to_be_hidden(timeout=30_000)
    page.get_by_role("radio", name=LABELS["weights_trained"], exact=True).click()
    expect(evidence).to_be_checked(timeout=30_000)
