"""From one explanation to the next, in a browser."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.thinned import quickly

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]


@pytest.mark.parametrize(("width", "height"), quickly([(1280, 720), (390, 844)], (390, 844)))
def test_a_way_on_at_the_foot_leads_to_the_top_of_what_it_opens(visit: Visit, width: int, height: int) -> None:
    visitor = visit(width, height)
    page = visitor.open("/why")
    way = page.locator(".st-key-w_onward_nested button")
    way.scroll_into_view_if_needed()
    way.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("panel=nested"))
    expect(page.locator(".st-key-w_predict_nested_0 button")).to_be_focused(timeout=20_000)
    page.wait_for_function("() => document.querySelector('[data-testid=stMain]').scrollTop === 0")
    expect(page.locator(".st-key-ask_nested")).to_be_in_viewport()
