"""The same click again counts again, whatever has happened to the server's value in between; and none is lost between answers."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from resnet_viz.text import lesson
from tests.browser.conftest import Visitor
from tests.browser.test_browser import click_arc, item

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
PICTURES = lesson("activations").labels
NETWORK = lesson("network").labels


def upload(page: Page) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 64), (10, 200, 30)).save(buffer, "PNG")
    page.get_by_text(PICTURES["more"]).click()
    file = {"name": "mine.png", "mimeType": "image/png", "buffer": buffer.getvalue()}
    page.locator("[data-testid=stFileUploader] input[type=file]").set_input_files(files=[file])  # type: ignore[list-item]


def test_a_picture_is_chosen_again_after_another_was_uploaded(visit: Visit) -> None:
    visitor = visit()
    page = visitor.open("/activations")
    page.get_by_text(PICTURES["unseen"]).click()
    rocket = page.get_by_role("radio", name=PICTURES["sample_rocket"])
    rocket.click()
    expect(page).to_have_url(re.compile("pic=rocket"))
    upload(page)
    expect(page).to_have_url(re.compile("pic=own"))
    expect(page.get_by_role("radio", name=PICTURES["sample_own"])).to_have_attribute("aria-checked", "true")
    visitor.settled()
    rocket.click()
    expect(page).to_have_url(re.compile("pic=rocket"))
    visitor.settled()
    expect(rocket).to_have_attribute("aria-checked", "true")


def open_build(visitor: Visitor) -> Page:
    """The diagram lies open once its question has been answered."""
    page = visitor.open("/build?net=resnet18")
    show_me = page.get_by_role("button", name=lesson("common").labels["show_me"])
    show_me.click()
    expect(show_me).to_have_count(0, timeout=20_000)
    visitor.settled()
    return page


def test_a_skip_is_removed_again_after_all_were_put_back(visit: Visit) -> None:
    visitor = visit()
    page = open_build(visitor)
    arc = item(page, "skip", "skip:layer2.0")
    click_arc(page, "layer2.0")
    expect(page).to_have_url(re.compile(r"cut2\.0"))
    page.locator("summary", has_text=NETWORK["compose"]).click()
    skips = page.get_by_role("radiogroup", name=NETWORK["skips"]).or_(page.get_by_role("group", name=NETWORK["skips"]))
    skips.first.get_by_text(NETWORK["skips_all"], exact=True).click()
    expect(page).not_to_have_url(re.compile("cut"))
    expect(arc).to_have_attribute("aria-checked", "true")
    visitor.settled()
    click_arc(page, "layer2.0")
    expect(page).to_have_url(re.compile(r"cut2\.0"))
    visitor.settled()
    expect(arc).to_have_attribute("aria-checked", "false")


def test_a_block_is_selected_again_after_another_page_chose_a_layer(visit: Visit) -> None:
    visitor = visit()
    page = open_build(visitor)
    for _ in range(2):
        item(page, "block", "layer2.0").click()
        expect(page).to_have_url(re.compile("pick=layer2.0"))
        visitor.settled()
        page.go_back()
        expect(page).not_to_have_url(re.compile("pick=layer2.0"))
        visitor.settled()


def test_quick_clicks_on_the_bars_all_delete_a_block(visit: Visit) -> None:
    """Each turns one block over; a run that is overtaken by the next click must not lose its own."""
    visitor = visit()
    page = visitor.open("/why?panel=ensemble&pair=shapes-20&wound=one")
    page.locator(".st-key-w_predict_lesion_show button").click()
    visitor.settled()
    bars = page.locator("svg.rv.lesions [data-kind=fold]")
    expect(bars.first).to_be_visible(timeout=60_000)
    names = [f"residual:layer{stage}.{block}" for stage, block in ((1, 1), (2, 1), (2, 2), (3, 1), (3, 2))]
    page.evaluate(
        """names => {
          const host = [...document.querySelectorAll("*")].find(e => e.shadowRoot?.querySelector("svg.lesions"))
          for (const name of names)
            host.shadowRoot.querySelector(`[data-name="${name}"]`).dispatchEvent(new MouseEvent("click", { bubbles: true }))
        }""",
        names,
    )
    expect(page).to_have_url(re.compile("deleted=1.1_2.1_2.2_3.1_3.2"), timeout=20_000)
