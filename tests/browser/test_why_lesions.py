"""Deleting blocks in a browser: by click and by keyboard, on any screen."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from resnet_viz.nets.weights import card
from resnet_viz.studies.block_deletion import BlockDeletion
from resnet_viz.studies.pretrained_pairs import twins
from resnet_viz.text import lesson
from resnet_viz.ui.lessons.why.params import PANEL
from tests.browser.conftest import Visitor, serious_findings

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
WORDS = lesson("ensemble")


def shown(block: str, depth: int = 56) -> list[str]:
    """The errors without this block, as the page writes them, plain before residual."""
    found = []
    for name in twins("cifar10", depth):
        each = BlockDeletion(name, "one").recorded().each
        assert each
        found.append(f"{each.scores[1 + card(name).spec.blocks.index(block)].error:.1%}")
    return found


def test_a_block_is_deleted_by_a_click_and_put_back_by_the_keyboard(visit: Visit) -> None:
    visitor = visit()
    page = visitor.open("/why?panel=ensemble&pair=cifar-56")
    page.locator(".st-key-w_predict_lesion_show button").click()
    visitor.settled()
    page.locator("svg.lesions [data-name='residual:layer2.3']").click()
    expect(page).to_have_url(re.compile(r"deleted=2\.3"))
    visitor.settled()
    for error in shown("layer2.3"):
        expect(page.locator(".st-key-picture_ensemble strong", has_text=error).first).to_be_visible()
    expect(page.locator("svg.lesions text.big")).to_contain_text(shown("layer2.3"))  # beside the bars too
    block = page.locator("svg.lesions [data-name='residual:layer2.3']")
    expect(block).to_have_attribute("aria-pressed", "true")
    block.focus()
    page.keyboard.press("Enter")
    expect(page).not_to_have_url(re.compile("deleted="))
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"deleted=2\.4"))


@pytest.mark.endurance
@pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 720)])
def test_it_fits_and_can_be_read_by_everybody(visit: Visit, width: int, height: int) -> None:
    visitor = visit(width, height)
    page = visitor.open("/why")
    for panel in PANEL.options:
        page.get_by_role("radio", name=lesson("why").labels[f"panel_{panel}"]).click()
        expect(page.locator(f".st-key-picture_{panel}")).to_be_visible()
        visitor.settled()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert not serious_findings(page)
