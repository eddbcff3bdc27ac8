"""After an answer its verdict is in view and has the focus; before, and however else one comes to the page, nothing moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import cycle

import pytest
from playwright.sync_api import Locator, Page, expect

from resnet_viz.text import lesson
from tests.browser.conftest import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.endurance]
Visit = Callable[..., Visitor]
SIZES = ((1280, 720), (390, 844))
PATHS = (
    "block",
    "activations",
    "degradation",
    "gradients",
    "why?panel=small",
    "why?panel=ensemble",
    "why?panel=surface",
    "why?panel=nested",
    "shortcuts",
    "mixing",
    "bottleneck",
    "build?further=init.thousand",
    "transfer",
    "claims",
)
"""Every lesson that asks, with all that it asks; one after the other at a screen and on a phone, for one rule serves all."""
WHOLE = """name => {
  const box = document.querySelector(`.st-key-${name}`)?.getBoundingClientRect()
  const head = document.querySelector("[data-testid=stHeader]").getBoundingClientRect().bottom
  return box?.height > 0 && box.top >= head && box.bottom <= innerHeight
}"""
SCROLLED = "() => document.querySelector('[data-testid=stMain]').scrollTop"


def open_questions(page: Page) -> list[str]:
    names: list[str] = page.evaluate(
        "() => [...document.querySelectorAll('[class*=st-key-ask_]')].map(e => e.className.match(/st-key-ask_([a-z_]+)/)[1])"
    )
    return names


def press(page: Page, name: str, option: int = 0) -> None:
    """An option, as it lies on the screen."""
    page.locator(f".st-key-w_predict_{name}_{option} button").click()


def verdicts(visitor: Visitor, path: str) -> Iterator[tuple[str, Locator]]:
    """Answer a page's questions one after the other: each one's name and its verdict, once that is seen whole."""
    page = visitor.open(f"/{path}")
    for name in open_questions(page):
        press(page, name)
        page.wait_for_function(WHOLE, arg=f"answered_{name}", timeout=90_000)
        visitor.settled()
        yield name, page.locator(f".st-key-answered_{name}")


@pytest.mark.parametrize(("path", "size"), [*zip(PATHS, cycle(SIZES), strict=False)])
def test_a_verdict_comes_into_view(visit: Visit, path: str, size: tuple[int, int]) -> None:
    visitor = visit(*size)
    page = visitor.open(f"/{path}")
    names = open_questions(page)
    assert names
    for name in names:
        press(page, name)
        verdict = page.locator(f".st-key-answered_{name}")
        expect(verdict).to_be_focused(timeout=90_000)
        page.wait_for_function(WHOLE, arg=f"answered_{name}", timeout=10_000)
        said = verdict.get_attribute("aria-label")
        assert said
        assert said in verdict.inner_text().replace("\n", "")
        assert not [icon for icon in verdict.locator("[role=img]").all_inner_texts() if icon in said]


@pytest.mark.parametrize("size", SIZES)
def test_who_is_asked_again_sees_the_question(visit: Visit, size: tuple[int, int]) -> None:
    page = visit(*size).open("/bottleneck?lang=en")
    press(page, "bottleneck")
    page.wait_for_function(WHOLE, arg="answered_bottleneck")
    page.locator(".st-key-w_predict_bottleneck_again button").click()
    question = page.locator(".st-key-ask_bottleneck")
    expect(question).to_be_focused(timeout=90_000)
    page.wait_for_function(WHOLE, arg="ask_bottleneck", timeout=10_000)
    asked = question.get_attribute("aria-label")
    assert asked == lesson("bottleneck").labels["predict_ask"]


@pytest.mark.parametrize("path", ["gradients", "why?panel=surface", "mixing", "gradients?hide=controls", "block?hide=controls"])
def test_on_a_screen_the_picture_stays_with_its_verdict(visit: Visit, path: str) -> None:
    visitor = visit(1280, 720)
    for name, verdict in verdicts(visitor, path):
        top, head = verdict.evaluate(
            """verdict => [verdict.closest("[class*=st-key-stage_]").querySelector("[class*=st-key-figure_]"),
              document.querySelector("[data-testid=stHeader]")].map((e, i) => e.getBoundingClientRect()[i ? "bottom" : "top"])"""
        )
        assert top >= head, name


@pytest.mark.parametrize("path", ["why?panel=surface", "shortcuts"])
def test_on_a_phone_a_verdict_comes_right_below_its_picture(visit: Visit, path: str) -> None:
    visitor = visit(390, 844, has_touch=True, is_mobile=True)
    for name, verdict in verdicts(visitor, path):
        gap, width = verdict.evaluate(
            """verdict => {
              const stage = verdict.closest("[class*=st-key-stage_]")
              const [figure, box] = [stage.querySelector("[class*=st-key-figure_]"), verdict].map(e => e.getBoundingClientRect())
              return [box.top - figure.bottom, box.width / figure.width]
            }"""
        )
        assert 0 <= gap < 40, name
        assert width == pytest.approx(1, abs=0.01)


def test_a_page_that_is_opened_again_stays_where_it_is(visit: Visit) -> None:
    """A change of language and Back show the verdict and go nowhere; what a screen reader calls it is in the page's language."""
    visitor = visit(390, 844)
    page = visitor.open("/build")
    press(page, "build")
    page.wait_for_function(WHOLE, arg="answered_build")
    page.get_by_test_id("stMain").evaluate("e => e.scrollTo({ top: 0, behavior: 'instant' })")
    page.get_by_role("radio", name="中文", exact=True).click()
    verdict = page.locator(".st-key-answered_build")
    expect(verdict).to_contain_text(lesson("common", "zh").say("your_answer", option="").strip())
    visitor.settled()
    assert str(verdict.get_attribute("aria-label")) in verdict.inner_text().replace("\n", "")
    assert page.evaluate(SCROLLED) == 0
    page.go_back()
    expect(page.locator(".st-key-answered_build")).to_contain_text(lesson("common").say("your_answer", option="").strip())
    visitor.settled()
    assert page.evaluate(SCROLLED) == 0
