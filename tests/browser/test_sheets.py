"""A sheet of paper and a figure in another site's page, as a browser draws them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from resnet_viz.text import lesson
from tests.browser.conftest import Visitor

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
PAPER = "embed=true&embed_options=light_theme&lang=en"


def opened(visitor: Visitor, path: str) -> Page:
    """A page without a head that `open` could wait for."""
    visitor.page.goto(visitor.url + path)
    expect(visitor.page.locator("[class*=st-key-figure_]").locator("visible=true").first).to_be_visible(timeout=90_000)
    visitor.page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    return visitor.page


def test_a_worksheet_prints_on_one_or_two_pages_in_black_on_white(visit: Visit) -> None:
    visitor = visit(900, 1200, color_scheme="dark")
    page = opened(visitor, f"/degradation?sheet=worksheet&{PAPER}")
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", "rgb(255, 255, 255)")
    code = page.locator("img.rv-qr")
    page.wait_for_function("code => code.complete && code.naturalWidth > 0", arg=code.element_handle())
    expect(page.get_by_test_id("stButton").locator("visible=true")).to_have_count(0)
    expect(page.get_by_text(lesson("common").labels["sheet_print"])).to_be_hidden()
    question, picture = (page.locator(f".st-key-{key}").bounding_box() for key in ("ask_degradation", "figure_cifar"))
    assert question
    assert picture
    assert question["y"] >= picture["y"] + picture["height"], "it covers nothing that is to be drawn on"
    pages = re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))
    assert len(pages) in (1, 2)
    visitor.check()


def test_one_figure_stands_alone_with_its_controls(visit: Visit) -> None:
    visitor = visit()
    for link, shown in (("", "nudge"), ("&figure=size", "size"), ("&figure=none", "nudge")):
        page = opened(visitor, f"/gradients?embed=true&lang=en{link}")
        for stage in ("nudge", "size"):
            expect(page.locator(f".st-key-stage_{stage}")).to_be_visible(visible=stage == shown)
        expect(page.locator(f".st-key-stage_{shown}").get_by_test_id("stSlider").first).to_be_visible()
        expect(page.locator("h1, .st-key-foot, [data-testid=stTopNavLink]")).to_have_count(0)
