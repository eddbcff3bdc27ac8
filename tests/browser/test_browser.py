"""What only a browser shows."""

from __future__ import annotations

import base64
import gzip
import io
import json
import re
import urllib.request
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from resnet_viz import parse_network, plan, preset
from resnet_viz.text import LANGUAGES, lesson
from resnet_viz.ui.kit.course import place_of
from resnet_viz.ui.kit.numbers import big
from tests.browser.conftest import PAGES, Visitor, every_page, heading, serious_findings, serious_findings_in_both_schemes

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]

VIEWS = {
    "build": "net=resnet50&open=layer1.0",
    "activations": "show=strip&pick=layer2.0",
    "block": "step=6",
    "mixing": "mix=opponent__shuffle",
    "claims": "claims=cost&claim=cost",
}
"""More to look at than what these pages open with."""
PICTURE = "svg.rv, svg[role=img], canvas, .js-plotly-plot, .rv-bars"
"""What every page opens with; the claims, with the bars of one that has been guessed."""


NAMES = """() => {
  const found = []
  const walk = root => {
    for (const e of root.querySelectorAll('*')) {
      if (e.shadowRoot) walk(e.shadowRoot)
      found.push(...['aria-label', 'title', 'alt'].map(name => e.getAttribute(name)).filter(Boolean))
      if (e.matches('svg title, svg desc, svg text')) found.push(e.textContent)
    }
  }
  walk(document.body)
  return found
}"""
"""What a screen reader is told of pictures and controls, and the words that are drawn."""
FOCUSED = """() => {
  let e = document.activeElement
  while (e.shadowRoot?.activeElement) e = e.shadowRoot.activeElement
  const kinds = { question: "[class*='st-key-ask_']", picture: "[class*='st-key-picture_'], [class*='st-key-figure_']" }
  const around = []
  for (let x = e; x; x = x.parentElement ?? x.getRootNode().host) around.push(x)
  return Object.keys(kinds).find(kind => around.some(x => x.matches(kinds[kind]))) ?? e.className
}"""
"""Where the focus is: at a question, at a picture, or elsewhere."""
NOTE_UNUSED_KEYS = """() => {
  window.unused = []
  document.addEventListener("keydown", event => { if (!event.defaultPrevented) window.unused.push(event.key) })
}"""
"""Keys with which the tour and a presenter's remote may do something."""
DIAGRAM = lesson("diagram").labels


def item(page: Page, kind: str, name: str) -> Locator:
    return page.locator(f"svg.rv [data-kind='{kind}'][data-name='{name}']")


def click_arc(page: Page, block: str) -> None:
    """Where a hand would: just inside the top of the arc."""
    item(page, "skip", f"skip:{block}").locator(".hit").click(position={"x": 48, "y": 16})


def answered(visitor: Visitor, path: str, language: str = "en") -> Page:
    """The page once the question that lies over its picture has been answered."""
    page = visitor.open(path)
    page.get_by_role("button", name=lesson("common", language).labels["show_me"]).click()
    visitor.settled()
    return page


def test_a_deep_link_on_a_fresh_server_opens_with_navigation_and_language(browser: Browser, fresh_server: str) -> None:
    context = browser.new_context(locale="en-US")
    visitor = Visitor(context, fresh_server)
    page = visitor.open("/build?lang=zh&net=resnet34")
    expect(page.get_by_role("heading", level=1)).to_have_text(heading("build", "zh"))
    expect(page.get_by_role("link", name=lesson("activations", "zh").labels["nav"])).to_be_visible()
    visitor.check()
    context.close()


@every_page
def test_a_page_is_quiet_and_legible_in_both_languages_and_schemes(visit: Visit, name: str) -> None:
    """It opens in one language and is switched to the other; the tab is called as the lesson. Two keys lead past the navigation
    to what is to be done, and what Chinese is read aloud counts in 万."""
    page = visit().open(f"{PAGES[name]}?{VIEWS.get(name, '')}&lang=zh")
    for language, html in (("zh", "zh-Hans"), ("en", "en")):
        if language == "en":
            page.get_by_role("radio", name="English", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(heading(name, language), timeout=20_000)
        expect(page.locator("html")).to_have_attribute("lang", html)
        place, common = place_of(name), lesson("common", language).title
        title = f"{place.number} {lesson(name, language).title} · {common}" if place else common
        expect(page).to_have_title(title)
        expect(page.locator(PICTURE).filter(visible=True).first).to_be_visible(timeout=30_000)
        if language == "zh":
            assert not [said for said in page.evaluate(NAMES) if re.search(r"\d\.\d+ [kMGT](?![A-Za-z])", said)]
            asked = page.locator("[class*=st-key-ask_]").filter(visible=True).count()
            page.keyboard.press("Tab")
            expected = "question" if asked else "picture"
            expect(page.locator(".rv-skip:focus")).to_have_text(lesson("common", "zh").labels[f"skip_{expected}"])
            page.keyboard.press("Enter")
            assert page.evaluate(FOCUSED) == expected
    assert not serious_findings_in_both_schemes(page)


def test_the_browsers_language_is_the_first_choice(visit: Visit) -> None:
    page = visit(locale="zh-CN").open("/")
    expect(page.get_by_role("heading", level=1)).to_have_text(heading("home", "zh"))
    page.get_by_role("radio", name="English").or_(page.get_by_text("English", exact=True)).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(heading("home"))


def test_a_number_on_the_screen(visit: Visit) -> None:
    page = visit().open("/build?net=resnet50&further=live")
    expect(page.get_by_text("25,557,032 parameters, the same as torchvision's resnet50")).to_be_visible(timeout=60_000)


def test_a_click_on_an_arc_removes_the_skip_at_once_and_everywhere(visit: Visit) -> None:
    """What is said beside it says so too, and not any more once the pointer has left, though the focus comes back to what the
    server draws."""
    visitor = visit()
    page = answered(visitor, "/build?net=resnet18&further=live")
    tip = page.locator(".frame > .tip")
    arc = item(page, "skip", "skip:layer2.0")
    expect(arc).to_have_attribute("aria-checked", "true")
    click_arc(page, "layer2.0")
    assert DIAGRAM["tip_skip_off"] in tip.inner_text()
    page.mouse.move(0, 0)
    expect(arc).to_have_attribute("aria-checked", "false")
    expect(page).to_have_url(re.compile("cut2.0"))
    without = plan(preset("resnet18").with_skip("layer2.0", False))
    expect(page.get_by_text(f"{without.params:,} parameters counted")).to_be_visible(timeout=30_000)
    visitor.settled()
    expect(tip).to_be_hidden()
    measures = page.evaluate("performance.getEntriesByName('diagram-redraw').map(m => m.duration)")
    assert measures


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_diagrams_tip_counts_as_the_page_does(visit: Visit, language: str) -> None:
    page = answered(visit(), f"/build?lang={language}&net=resnet18", language)
    item(page, "block", "layer3.0").focus()
    params = next(block.params for block in plan(preset("resnet18")).blocks if block.name == "layer3.0")
    said = lesson("diagram", language).say("tip_params", value=big(params, language=language))
    expect(page.locator(".frame > .tip")).to_contain_text(said)


def test_quick_clicks_are_all_counted(visit: Visit) -> None:
    page = answered(visit(), "/build?net=resnet18")
    for name in ("layer1.0", "layer1.1", "layer2.1", "layer3.0"):
        click_arc(page, name)
    expect(page).to_have_url(re.compile(r"cut1\.0_1\.1_2\.1_3\.0"), timeout=20_000)


def test_keyboard_only(visit: Visit) -> None:
    """Tab into the diagram, walk it, select, remove a skip, open a block. Its tip goes on Escape, and an end turns no page."""
    visitor = visit()
    page = visitor.open("/build?net=resnet18")
    focused = """(() => {
      let e = document.activeElement
      while (e?.shadowRoot?.activeElement) e = e.shadowRoot.activeElement
      return e?.dataset?.name ?? ""
    })()"""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(focused):
            break
    assert page.evaluate(focused) == "stem"
    page.evaluate(NOTE_UNUSED_KEYS)
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(focused) == "stem"
    seen = []
    while "skip:layer1.0" not in seen:
        page.keyboard.press("ArrowRight")
        seen.append(page.evaluate(focused))
        assert len(seen) < 20
    page.keyboard.press("Enter")
    expect(item(page, "skip", "skip:layer1.0")).to_have_attribute("aria-checked", "false")
    expect(page).to_have_url(re.compile(r"cut1\.0"), timeout=20_000)
    visitor.settled()
    assert page.evaluate(focused) == "skip:layer1.0", "the focus stays through the redraw"
    tip = page.locator(".frame > .tip")
    expect(tip).to_contain_text(DIAGRAM["tip_skip_off"])
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(focused) == "layer1.0"
    expect(tip).to_be_visible()
    assert page.evaluate("window.unused") == ["Escape"]
    page.keyboard.press("o")
    expect(item(page, "layer", "layer1.0.conv1")).to_be_visible(timeout=20_000)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("pick=layer1.0"), timeout=20_000)


def test_folding_and_unfolding(visit: Visit) -> None:
    page = visit().open("/build?net=resnet152")
    expect(item(page, "block", "layer3.20")).to_have_count(0)
    item(page, "fold", "layer3").first.click()
    expect(item(page, "block", "layer3.20")).to_be_visible(timeout=20_000)
    click_arc(page, "layer3.20")
    expect(page).to_have_url(re.compile(r"cut3\.20"), timeout=20_000)
    item(page, "fold", "layer3").first.click()
    expect(page.get_by_text("34/35")).to_be_visible(timeout=20_000)


def test_a_shared_link_opens_the_same_view(visit: Visit) -> None:
    first = visit()
    page = answered(first, "/activations?pic=rings&pick=layer1.2&lang=zh", "zh")
    click_arc(page, "layer3.1")
    expect(page).to_have_url(re.compile(r"cut3\.1"), timeout=20_000)
    first.settled()
    again = visit()
    other = again.open(page.url.removeprefix(first.url))
    expect(item(other, "skip", "skip:layer3.1")).to_have_attribute("aria-checked", "false")
    expect(other.get_by_role("radio", name="同心圆")).to_have_attribute("aria-checked", "true")
    expect(other.get_by_text(lesson("activations", "zh").labels["maps_of"].format(name="layer1.2.relu2"))).to_be_visible()


def test_back_brings_the_former_view(visit: Visit) -> None:
    visitor = visit()
    page = answered(visitor, "/build?net=resnet18")
    item(page, "block", "layer2.0").click()
    expect(page).to_have_url(re.compile("pick=layer2.0"), timeout=20_000)
    visitor.settled()
    item(page, "block", "layer3.1").click()
    expect(page).to_have_url(re.compile("pick=layer3.1"), timeout=20_000)
    visitor.settled()
    page.go_back()
    expect(page).to_have_url(re.compile("pick=layer2.0"), timeout=20_000)
    expect(item(page, "block", "layer2.0")).to_have_class(re.compile("selected"), timeout=20_000)


def picture(colour: tuple[int, int, int] = (200, 30, 30)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (80, 60), colour).save(buffer, "PNG")
    return buffer.getvalue()


def test_a_good_and_a_bad_upload(visit: Visit) -> None:
    visitor = visit()
    page = visitor.open("/activations")
    words = lesson("activations").labels
    page.get_by_text(words["more"]).click()
    chooser = page.locator("input[type=file]").first
    chooser.set_input_files({"name": "mine.png", "mimeType": "image/png", "buffer": picture()})
    mine = page.get_by_role("radio", name=words["sample_own"])
    expect(mine).to_have_attribute("aria-checked", "true", timeout=30_000)
    visitor.settled()
    chooser.set_input_files({"name": "bad.png", "mimeType": "image/png", "buffer": picture()[:60]})
    expect(page.get_by_text(words["picture_damaged"])).to_be_visible(timeout=30_000)
    expect(mine).to_have_attribute("aria-checked", "true")


def test_pasting_a_picture(visit: Visit) -> None:
    page = visit().open("/activations")
    expect(page.get_by_role("radio", name=lesson("activations").labels["sample_church"])).to_be_visible()
    page.evaluate(
        """base64 => {
          const bytes = Uint8Array.from(atob(base64), c => c.charCodeAt(0))
          const transfer = new DataTransfer()
          transfer.items.add(new File([bytes], "p.png", { type: "image/png" }))
          document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true }))
        }""",
        base64.b64encode(picture((0, 90, 200))).decode(),
    )
    own = page.get_by_role("radio", name=lesson("activations").labels["sample_own"])
    expect(own).to_have_attribute("aria-checked", "true", timeout=30_000)


def test_maps_follow_pointer_and_keyboard(visit: Visit) -> None:
    visitor = visit(1440, 1400)
    page = visitor.open("/activations?pic=cat&pick=layer2.0")
    maps = page.locator(".grid canvas")
    maps.scroll_into_view_if_needed()
    box = maps.bounding_box()
    assert box
    page.mouse.move(box["x"] + 30, box["y"] + 30)
    reading = page.locator(".read")
    expect(reading).to_contain_text("channel 0, row")
    maps.focus()
    page.keyboard.press("ArrowRight")
    expect(reading).to_contain_text("channel 1, row")
    before = maps.evaluate("c => c.toDataURL()")
    page.get_by_label(lesson("activations").labels["maps_map"], exact=True).check()
    page.wait_for_function("([c, old]) => c.toDataURL() !== old", arg=[maps.element_handle(), before])
    page.get_by_role("radio", name=lesson("activations").labels["show_strip"]).click()
    visitor.settled()
    maps.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.get_by_role("radio", name=lesson("activations").labels["show_maps"]).click()
    visitor.settled()
    expect(reading).to_have_text(lesson("activations").labels["maps_hint"], timeout=20_000)
    visitor.check()


def test_the_strip_adds_up(visit: Visit) -> None:
    """What the reading says is a sum: x + F(x) ≈ the third number, to the resolution of a byte."""
    page = visit(1440, 1400).open("/activations?pic=cat&pick=layer2.1&show=strip")
    maps = page.locator(".grid canvas")
    maps.focus()
    page.keyboard.press("ArrowDown")
    reading = page.locator(".read")
    expect(reading).to_contain_text("≈")
    numbers = [float(n.replace("−", "-")) for n in re.findall(r"−?\d+\.\d+", reading.inner_text())]
    x, residual, total, after = numbers
    assert abs(x + residual - total) < 0.1
    assert abs(max(total, 0) - after) < 0.1


@pytest.mark.parametrize(
    ("path", "opened"),
    [
        ("/block?step=3&net=basic-3.3.3-w16-cifar-sA-c10-plain", ""),
        ("/mixing", lesson("mixing").labels["further_learned"]),
        ("/degradation?recorded=shapes", ""),
        pytest.param("/build?net=resnet50&versus=twin", "", marks=pytest.mark.endurance),
    ],
)
def test_axe_finds_nothing_serious_on_a_phone(visit: Visit, path: str, opened: str) -> None:
    visitor = visit(390, 844)
    page = visitor.open(path)
    expect(page.locator(PICTURE).filter(visible=True).first).to_be_visible()
    if opened:
        page.get_by_text(opened).click()
        expect(page.get_by_text(lesson("mixing").labels["layer"]).first).to_be_visible(timeout=20_000)
    assert not serious_findings(page)


def test_the_navigation_hides_no_page(visit: Visit) -> None:
    visitor = visit()
    for language in LANGUAGES:
        page = visitor.open(f"/?lang={language}")
        for width in (1440, 1280):
            page.set_viewport_size({"width": width, "height": 720})
            expect(page.get_by_test_id("stTopNavLink").filter(visible=True)).to_have_count(len(PAGES) + 1)  # and Teach


def test_a_badge_is_read_in_full_on_a_phone(visit: Visit) -> None:
    page = answered(visit(390, 844), "/degradation")
    badge = page.locator(".stMarkdownBadge").filter(has_text=lesson("common").labels["recorded"]).first
    expect(badge).to_be_visible(timeout=30_000)
    # the page's own style and font may come after the words
    page.wait_for_function("e => e.scrollWidth <= e.clientWidth", arg=badge.element_handle(), timeout=30_000)


def test_headers_compression_and_readiness(server: str) -> None:
    with urllib.request.urlopen(server) as answer:
        page = answer.read().decode()
        policy = answer.headers["content-security-policy"]
    assert "unsafe-inline" not in policy.split("script-src")[1].split(";")[0]
    assert "'unsafe-eval'" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    script = re.search(r'src="\./(static/js/index[^"]+)"', page)
    assert script
    request = urllib.request.Request(f"{server}/{script[1]}", headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request) as answer:
        packed = answer.read()
        assert answer.headers["content-encoding"] == "gzip"
        assert "immutable" in answer.headers["cache-control"]
    with urllib.request.urlopen(f"{server}/{script[1]}") as answer:
        assert gzip.decompress(packed) == answer.read(), "the same file without compression"
    with urllib.request.urlopen(f"{server}/readyz") as answer:
        assert json.load(answer) == {"ready": True}


def test_downloads_are_what_they_say(visit: Visit) -> None:
    page = visit().open("/build?net=basic-1.1-w8-cifar-c10")
    with page.expect_download() as waiting:
        page.get_by_role("button", name=lesson("build").labels["export_python"]).click()
    code = waiting.value.path().read_text(encoding="utf-8")
    scope: dict[str, object] = {"__name__": "x"}
    exec(code, scope)
    net = scope["Net"]()  # type: ignore[operator]
    assert sum(p.numel() for p in net.parameters()) == plan(parse_network("basic-1.1-w8-cifar-c10")).params
