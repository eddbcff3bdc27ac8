"""For fingers, keyboards, screen readers and pale eyes."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from resnet_viz.text import LANGUAGES, lesson
from resnet_viz.ui.kit.course import LESSONS
from tests.browser.conftest import (
    PAGES,
    Visitor,
    every_page,
    heading,
    serious_findings,
    serious_findings_in_both_schemes,
    settled_colours,
)
from tests.thinned import quickly

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
PHONE = {"has_touch": True, "is_mobile": True}

_CONTRAST = """e => {
  const light = c => c.map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0)
  const pen = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  const parts = colour => {
    pen.clearRect(0, 0, 1, 1)
    pen.fillStyle = colour
    pen.fillRect(0, 0, 1, 1)
    return [...pen.getImageData(0, 0, 1, 1).data]
  }
  const over = (above, below) => below.map((v, i) => above[i] * above[3] / 255 + v * (1 - above[3] / 255))
  const isIcon = x => /Material/.test(getComputedStyle(x).fontFamily)
  const says = x => [...x.childNodes].some(n => n.nodeType === 3 && n.data.trim()) && !isIcon(x)
  const word = [e, ...e.querySelectorAll('*')].find(says)
  const around = []
  for (let x = word; x; x = x.parentElement) around.unshift(parts(getComputedStyle(x).backgroundColor))
  const ground = around.reduce((below, above) => over(above, below), [255, 255, 255])
  const [more, less] = [light(ground), light(over(parts(getComputedStyle(word).color), ground))].sort((a, b) => b - a)
  return (more + .05) / (less + .05)
}"""
"""WCAG's contrast of an element's words with what lies behind them."""

_SMALL = """() => {
  const found = []
  const walk = root => {
    for (const e of root.querySelectorAll('*')) {
      if (e.shadowRoot) walk(e.shadowRoot)
      if (!e.matches('button, summary, select, [data-testid=stPageLink-NavLink], [data-testid=stSidebarNavLink]')) continue
      const { width, height } = e.getBoundingClientRect()
      if (e.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && width > 1 && (width < 39.5 || height < 39.5))
        found.push(`${e.textContent || e.ariaLabel} ${width}x${height}`)
    }
  }
  walk(document)
  return found
}"""
"""What can be pressed and is smaller than a finger."""

_FOCUSED = """() => {
  let e = document.activeElement
  while (e?.shadowRoot?.activeElement) e = e.shadowRoot.activeElement
  const style = getComputedStyle(e)
  const marked = parseFloat(style.outlineWidth) >= 2 && style.outlineStyle !== 'none' || style.boxShadow !== 'none'
  const inside = e instanceof SVGElement || e.matches('body, iframe')
  return [e.tagName + ' ' + (e.textContent || e.ariaLabel || '').slice(0, 40), marked || inside]
}"""
"""What has the focus, and whether one sees it; items of a diagram mark their own lines."""

_UNFOLDED = """summary => {
  const fold = summary.parentElement
  const ends = end => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(
    () => done([fold, end].map(e => e.getBoundingClientRect().bottom))
  )))
  const press = end => (summary.click(), ends(end))
  return press(summary.nextElementSibling).then(open => press(summary).then(shut => [...open, ...shut]))
}"""
"""Where a fold and its text end two frames after a press, and where it and its line end two frames after another."""


@pytest.mark.endurance
def test_words_that_can_be_pressed_are_legible_in_every_state(visit: Visit) -> None:
    page = visit().open("/degradation?lang=en")
    kinds = {
        "primary": "[data-testid=stBaseButton-primary]",
        "secondary": "[data-testid=stBaseButton-secondary]",
        "tertiary": "[data-testid=stBaseButton-tertiary]",
        "segmented": "[data-testid=stButtonGroup] button",
        "navigation": "[data-testid=stTopNavLink]",
        "page link": "[data-testid=stPageLink-NavLink]",
        "link": "[data-testid=stMarkdownContainer] a[href^=http]",
    }
    found: dict[str, float] = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for kind, selector in kinds.items():
            for index, element in enumerate(page.locator(selector).filter(visible=True).all()[:2]):
                found |= {f"{scheme} {kind} {index} {state}": value for state, value in _contrasts(page, element).items()}
    for scheme in ("light", "dark"):
        assert any(name.startswith(f"{scheme} primary") for name in found)
        assert any(name.startswith(f"{scheme} segmented") for name in found)
    pale = {name: value for name, value in found.items() if value < 4.5}
    assert not pale, pale


def _contrasts(page: Page, element: Locator) -> dict[str, float]:
    """In the four states that an element can be in. It is not pressed: the hand leaves it before it lets go."""
    element.scroll_into_view_if_needed()
    found = {}
    page.mouse.move(0, 0)
    settled_colours(page)
    found["normal"] = element.evaluate(_CONTRAST)
    element.hover()
    settled_colours(page)
    found["hover"] = element.evaluate(_CONTRAST)
    if element.evaluate("e => e.tagName") == "BUTTON":  # a link would be dragged away
        page.mouse.down()
        settled_colours(page)
        found["active"] = element.evaluate(_CONTRAST)
        page.mouse.move(0, 0)
        page.mouse.up()
    element.focus()
    settled_colours(page)
    found["focus"] = element.evaluate(_CONTRAST)
    return found


@pytest.mark.parametrize("name", quickly(["home", "mixing", "degradation"], "mixing"))
def test_the_focus_is_seen_wherever_it_is(visit: Visit, name: str) -> None:
    page = visit().open(PAGES[name])
    seen = []
    for _ in range(30):
        page.keyboard.press("Tab")
        seen.append(page.evaluate(_FOCUSED))
    assert len({what for what, _ in seen}) > 10
    assert not [what for what, marked in seen if not marked]


@every_page
def test_a_phone_shows_all_of_a_page_to_fingers(visit: Visit, name: str) -> None:
    page = visit(390, 844, **PHONE).open(PAGES[name])
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    if name in ("build", "activations"):
        page.wait_for_function(
            """() => [...document.querySelectorAll('*')].some(e => e.shadowRoot?.querySelector('svg.rv')
                 && e.shadowRoot.querySelector('svg.rv').viewBox.baseVal.width < 440)""",
            timeout=20_000,
        )
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    small = page.evaluate(_SMALL)
    assert not small, small


def test_a_question_of_two_lines_ends_above_the_tools_of_a_phone(visit: Visit) -> None:
    visitor = visit(390, 844, **PHONE)
    for path in ("/gradients?lang=en", "/bottleneck?lang=en"):
        page = visitor.open(path)
        page.wait_for_function(
            """() => {
              const box = selector => document.querySelector(selector).getBoundingClientRect()
              const [words, tools] = [box('.st-key-question p'), box('.st-key-tools')]
              return words.height > 40 && words.bottom <= tools.top + 1
            }""",
            timeout=20_000,
        )


@pytest.mark.parametrize("name", quickly(["block", "shortcuts"], "block"))
def test_a_question_that_a_phone_has_below_its_picture_is_announced_until_it_was_seen(visit: Visit, name: str) -> None:
    visitor = visit(390, 844, **PHONE)
    page = visitor.open(f"/{name}?lang=en")
    way, question = page.locator(".rv-below"), page.locator(f".st-key-panel_{name} .st-key-ask_{name}")
    expect(question).not_to_be_in_viewport()
    expect(way).to_be_in_viewport(ratio=1)
    assert not serious_findings_in_both_schemes(page)
    way.tap()
    expect(question).to_be_in_viewport(ratio=1)
    expect(way).to_be_hidden()
    page.locator("h1").scroll_into_view_if_needed()
    expect(question).not_to_be_in_viewport()
    expect(way).to_be_hidden()
    page.set_viewport_size({"width": 1280, "height": 720})
    page.reload()
    visitor.settled()
    expect(question).to_be_in_viewport()
    expect(way).to_be_hidden()


def test_a_question_that_lies_on_its_picture_needs_no_announcement(visit: Visit) -> None:
    visitor = visit(390, 844, **PHONE)
    page = visitor.open("/block")
    expect(page.locator(".rv-below")).to_be_visible()
    page.get_by_test_id("stExpandSidebarButton").tap()
    page.get_by_test_id("stSidebarNavLink").filter(has_text=lesson("degradation").labels["nav"]).tap()
    expect(page.locator(".st-key-ask_degradation")).to_be_in_viewport()
    visitor.settled()
    expect(page.locator(".rv-below")).to_be_hidden()


def test_the_menu_of_a_phone_closes_after_a_choice(visit: Visit) -> None:
    visitor = visit(390, 844, **PHONE)
    page = visitor.open("/bottleneck?lang=en")
    page.get_by_test_id("stExpandSidebarButton").tap()
    page.get_by_test_id("stSidebarNavLink").filter(has_text=lesson("mixing").labels["nav"]).tap()
    expect(page.get_by_role("heading", level=1)).to_have_text(heading("mixing"))
    page.wait_for_function("() => document.querySelector('[data-testid=stSidebar]').getBoundingClientRect().right <= 0")
    page.get_by_test_id("stExpandSidebarButton").tap()  # and opens again
    expect(page.get_by_test_id("stSidebarNavLink").first).to_be_in_viewport()


def test_a_predictions_options_are_a_group_with_the_question_as_its_name(visit: Visit) -> None:
    visitor = visit()
    for language in LANGUAGES:
        page = visitor.open(f"/bottleneck?lang={language}")
        words = lesson("bottleneck", language)
        group = page.get_by_role("group", name=words.labels["predict_ask"])
        expect(group.get_by_role("button", name=words.labels["predict_0"])).to_be_visible()
        group.get_by_role("button", name=lesson("common", language).labels["show_me"]).click()
        expect(group).to_have_count(0)


def test_a_fold_moves_what_stands_below_it_once(visit: Visit) -> None:
    page = visit().open("/block?lang=en")
    fold = page.get_by_test_id("stExpander").filter(has_text=lesson("common").labels["read_more"]).first
    at_rest = fold.bounding_box()
    fold_ends, text_ends, shut_ends, line_ends = fold.locator("summary").evaluate(_UNFOLDED)
    assert at_rest
    assert text_ends > at_rest["y"] + at_rest["height"] + 20
    assert fold_ends == pytest.approx(text_ends, abs=2)
    assert shut_ends == pytest.approx(line_ends, abs=2)


def test_explanations_stay_in_the_window_and_beside_their_word(visit: Visit) -> None:
    page = visit(390, 844, **PHONE).open("/shortcuts?lang=en")
    terms = page.locator(".term").filter(visible=True)
    terms.first.wait_for()
    edges = set()
    for term in terms.all():
        term.scroll_into_view_if_needed()
        term.focus()
        tip = term.locator(".tip")
        expect(tip).to_be_visible()
        word, box = term.bounding_box(), tip.bounding_box()
        assert word
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        assert box["y"] + box["height"] <= word["y"] + 4 or box["y"] >= word["y"] + word["height"] - 4, "it lies on its word"
        assert term.get_attribute("aria-describedby") == tip.get_attribute("id")
        edges |= {"left"} if word["x"] < 100 else {"right"} if word["x"] > 250 else set()
        page.keyboard.press("Escape")
        expect(tip).to_be_hidden()
    assert edges == {"left", "right"}


@pytest.mark.endurance
def test_axe_finds_nothing_serious_in_what_opens(visit: Visit) -> None:
    """An explanation; the address of the view with its code."""
    page = visit().open("/gradients?lang=en")
    term = page.locator(".term").filter(visible=True).first
    term.focus()
    expect(term.locator(".tip")).to_be_visible()
    assert not serious_findings_in_both_schemes(page)
    page.get_by_role("button", name=lesson("common").labels["share"]).click()
    expect(page.locator(".share .enlarge svg")).to_be_visible()
    assert not serious_findings_in_both_schemes(page)


@pytest.mark.endurance
def test_the_address_of_the_view_is_copied_and_shown_as_a_code(visit: Visit) -> None:
    visitor = visit(permissions=["clipboard-read", "clipboard-write"])
    page = visitor.open("/why?lang=en&panel=small")
    page.get_by_role("button", name=lesson("common").labels["share"]).click()
    field = page.get_by_label(lesson("common").labels["share_address"])
    expect(page.locator(".share .enlarge svg")).to_be_visible()
    assert field.input_value() == page.url
    page.get_by_role("button", name=lesson("common").labels["share_copy"], exact=True).click()
    expect(page.get_by_text(lesson("common").labels["share_copied"])).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    page.locator(".share").get_by_role("button", name=lesson("common").labels["share_large"]).click()
    large = page.locator(".share dialog svg").bounding_box()
    assert large
    assert large["width"] >= 0.6 * 720
    page.get_by_role("button", name=lesson("common").labels["share_close"]).click()
    expect(page.locator(".share dialog svg")).to_be_hidden()


def test_a_view_is_embedded_by_the_html_that_the_page_gives(visit: Visit) -> None:
    visitor = visit(permissions=["clipboard-read", "clipboard-write"])
    page = visitor.open("/why?lang=zh&panel=surface")
    words = lesson("common", "zh").labels
    page.get_by_role("button", name=words["share"]).click()
    page.locator(".share summary", has_text=words["share_embed"]).click()
    expect(page.get_by_text(words["share_embed_refused"])).to_be_visible()
    expect(page.get_by_label(words["share_embed_code"])).to_have_value(re.compile("<iframe src="))
    page.get_by_role("button", name=words["share_embed_copy"]).click()
    expect(page.locator(".share .frame .said")).to_have_text(words["share_copied"])
    assert not serious_findings_in_both_schemes(page)
    html = page.evaluate("navigator.clipboard.readText()")
    frame = page.context.new_page()
    frame.goto(visitor.url + "/_stcore/health")
    frame.set_content(html)
    shown = frame.frame_locator("iframe")
    expect(shown.locator("[class*=st-key-stage_]").first).to_be_visible(timeout=60_000)
    expect(shown.locator("h1, .st-key-foot")).to_have_count(0)


def test_a_page_without_a_picture_gives_nothing_to_embed(visit: Visit) -> None:
    page = visit().open("/plan?lang=en")
    page.get_by_role("button", name=lesson("common").labels["share"]).click()
    expect(page.locator(".share .enlarge svg")).to_be_visible()
    expect(page.locator(".share summary")).to_have_count(0)


@pytest.mark.parametrize("name", quickly(["plan", "teach"], "teach"))
def test_axe_finds_nothing_serious_at_the_desk(visit: Visit, name: str) -> None:
    visitor = visit()
    for language in LANGUAGES:
        page = visitor.open(f"/{name}?lang={language}")
        assert not serious_findings_in_both_schemes(page), language


@pytest.mark.endurance
@pytest.mark.parametrize(("sheet", "language", "first"), [("worksheet", "zh", 0), ("answers", "en", 1)])
def test_axe_finds_nothing_serious_on_a_sheet_of_any_lesson(visit: Visit, sheet: str, language: str, first: int) -> None:
    """Two visitors, who leaf through some lessons each: its sheets differ in what is open, not in how it is drawn."""
    visitor = visit()
    page = visitor.page
    for name in LESSONS[first::3]:
        page.goto(f"{visitor.url}/{name}?sheet={sheet}&embed=true&embed_options=light_theme&lang={language}")
        expect(page.locator(".st-key-foot")).to_be_visible(timeout=90_000)
        visitor.settled()
        assert not serious_findings(page), name
