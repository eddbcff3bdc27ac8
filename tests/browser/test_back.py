"""The browser's Back and Forward go exactly where one was; what a link says is shown as text."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from playwright.sync_api import Page, expect

from resnet_viz.text import lesson
from tests.browser.conftest import Visitor, heading

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]


def choose_network(visitor: Visitor, label: str) -> None:
    page = visitor.page
    page.locator(".st-key-w_net").get_by_role("combobox").click()
    page.get_by_role("option", name=label, exact=True).click()
    visitor.settled()


def network(page: Page) -> str:
    return parse_qs(urlsplit(page.url).query).get("net", [""])[0]


def back(visitor: Visitor, expected: str, *, forward: bool = False) -> None:
    """To this address, all of it, and no further run changes it."""
    (visitor.page.go_forward if forward else visitor.page.go_back)()
    visitor.settled()
    expect(visitor.page).to_have_url(expected, timeout=20_000)


def test_back_and_forward_over_networks_and_the_default(visit: Visit) -> None:
    visitor = visit()
    page = visitor.open("/build?lang=en")
    views = [page.url]
    for label, name in (("ResNet-50", "resnet50"), ("ResNet-34", "resnet34")):
        choose_network(visitor, label)
        expect(page).to_have_url(re.compile(f"net={name}"), timeout=20_000)
        visitor.settled()
        views.append(page.url)
    box = page.locator(".st-key-w_net").get_by_role("combobox")
    for at, label, forward in ((1, "ResNet-50", False), (0, "ResNet-18", False), (1, "ResNet-50", True), (2, "ResNet-34", True)):
        back(visitor, views[at], forward=forward)
        expect(box).to_have_value(label, timeout=20_000)


def test_back_over_languages(visit: Visit) -> None:
    visitor = visit()
    page = visitor.open("/build?lang=en")
    page.get_by_role("radio", name="中文").or_(page.get_by_text("中文", exact=True)).first.click()
    expect(page).to_have_url(re.compile("lang=zh"), timeout=20_000)
    visitor.settled()
    back(visitor, f"{visitor.url}/build?lang=en")
    expect(page.get_by_role("heading", level=1)).to_have_text(heading("build"))


def test_back_over_removed_skips(visit: Visit) -> None:
    visitor = visit()
    page = visitor.open("/activations?lang=en")
    start = page.url
    arc = page.locator("svg.rv [data-name='skip:layer2.1']")
    arc.press("Enter")
    expect(page).to_have_url(re.compile(r"cut2\.1"), timeout=20_000)
    visitor.settled()
    back(visitor, start)
    expect(arc).to_have_attribute("aria-checked", "true", timeout=20_000)


def test_back_after_a_click_in_a_fragment(visit: Visit) -> None:
    visitor = visit()
    page = visitor.open("/degradation?lang=en&further=glimpses")
    start = page.url
    page.get_by_text(lesson("degradation").labels["more"], exact=True).click()
    page.get_by_text(lesson("degradation").labels["recorded_shapes"], exact=True).click()
    expect(page).to_have_url(re.compile("recorded=shapes"), timeout=20_000)
    visitor.settled()
    page.get_by_role("slider", name=lesson("degradation").labels["glimpse_at"]).press("ArrowLeft")
    visitor.settled()
    back(visitor, start)


def test_back_over_pages_takes_one_step_a_page(visit: Visit) -> None:
    visitor = visit()
    page = visitor.open("/build?lang=en&net=resnet34")
    start = page.url
    entries = page.evaluate("history.length")
    page.get_by_test_id("stTopNavLink").filter(has_text=lesson("activations").labels["nav"]).first.click()
    expect(page).to_have_url(re.compile("/activations.*net=resnet34"), timeout=20_000)
    visitor.settled()
    there = page.url
    assert page.evaluate("history.length") == entries + 1, "the bare address was no view"
    back(visitor, start)
    expect(page.get_by_role("heading", level=1)).to_have_text(heading("build"))
    back(visitor, there, forward=True)
    expect(page.get_by_role("heading", level=1)).to_have_text(heading("activations"))


def test_the_next_page_begins_at_its_top_also_where_the_last_one_leaves_room_for_its_foot(visit: Visit) -> None:
    visitor = visit()
    page = visitor.open("/degradation?lang=en")
    page.get_by_test_id("stMainBlockContainer").evaluate("place => { place.style.minHeight = '5000px' }")
    page.get_by_test_id("stMain").evaluate("place => { place.style.overflowAnchor = 'none' }")
    page.locator(".st-key-foot").get_by_test_id("stPageLink-NavLink").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(heading("gradients"))
    visitor.settled()
    assert page.get_by_test_id("stMainBlockContainer").evaluate("place => place.style.minHeight") == "5000px", "it never shrank"
    expect(page.get_by_role("heading", level=1)).to_be_in_viewport()
    page.keyboard.press("Tab")
    expect(page.locator(".rv-skip")).to_be_focused()


def test_tab_begins_at_the_top_of_the_next_page_also_where_the_focus_has_gone_with_the_last_one(visit: Visit) -> None:
    page = visit().open("/degradation?lang=en")
    page.get_by_test_id("stMain").get_by_test_id("stExpander").locator("summary").first.evaluate(
        """held => {
            held.focus()
            held.remove()
            history.pushState(null, "", "/gradients")
        }"""
    )
    page.keyboard.press("Tab")
    expect(page.locator(".rv-skip")).to_be_focused()


FOREIGN = (
    "www.example.org",
    "http://example.org/x",
    "a@example.org",
    ":material/home:",
    ":smile:",
    ":red[b]",
    ":red-badge[b]",
    ":streamlit:",
    "$x^2$",
    "a -> b <- c -- d",
    "**b** _i_ ~~s~~",
    "![i](http://example.org/i.png)",
    "[l](http://example.org)",
    "<b>h</b>",
    "`` t` ",
    "# h",
    "&lt;",
)


def test_what_a_link_says_is_shown_letter_by_letter(visit: Visit) -> None:
    visitor = visit()
    for texts in (FOREIGN[: len(NAMES)], FOREIGN[len(NAMES) :]):
        said = "&".join(f"{name}={quote(text)}" for name, text in zip(NAMES, texts, strict=False))
        _letter_by_letter(visitor.open(f"/build?lang=zh&{said}"), texts)


NAMES = ("net", "size", "seed", "pick", "open", "unfold", "weights", "runs", "versus")


def _letter_by_letter(page: Page, texts: tuple[str, ...]) -> None:
    notices = page.get_by_test_id("stAlert").locator("p")
    expect(notices).to_have_count(len(texts), timeout=20_000)
    said = [" ".join(text.replace("\u2060", "").split()) for text in notices.all_inner_texts()]
    for text in texts:
        assert any(" ".join(text.split()) in one for one in said), (text, said)
    assert notices.locator("a, img, b, strong, em, del, h1, .katex, [class*=badge], [style*=color]").count() == 0
