"""Every download of every page is pressed, and what comes is opened."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Download, Locator, Page, expect

from resnet_viz.draw import palette
from resnet_viz.text import lesson
from tests.browser.conftest import Visitor
from tests.files import VIEWS, open_file
from tests.servers import ROOT, app

pytestmark = [pytest.mark.browser, pytest.mark.endurance]
Visit = Callable[..., Visitor]
LESSONS = ROOT / "resnet_viz" / "ui" / "lessons"
SVG = "{http://www.w3.org/2000/svg}"
WIDEST = """figure => {
  const widths = []
  const walk = root => {
    for (const e of root.querySelectorAll('*')) {
      if (e.closest('[class*=st-key-caption_]')) continue
      if (e.matches('canvas, img, svg, .js-plotly-plot')) widths.push(e.getBoundingClientRect().width)
      if (e.shadowRoot) walk(e.shadowRoot)
    }
  }
  walk(figure)
  return Math.max(0, ...widths)
}"""


PACE = """() => {
  const now = performance.now()
  if (now - (window.pressedAt ?? 0) < 120) return false
  window.pressedAt = now
  return true
}"""
"""Chromium drops what a page asks for beyond ten downloads within a second, and tells nobody."""


def pressed(page: Page, button: Locator) -> Download:
    page.wait_for_function(PACE)
    with page.expect_download(timeout=60_000) as waiting:
        button.click()
    return waiting.value


def show_everything(visitor: Visitor) -> None:
    """Let every question be answered by the app, and open every further experiment."""
    page = visitor.page
    show_me = page.get_by_role("button", name=lesson("common").labels["show_me"], exact=True)
    while show_me.count():  # what one answer brings may ask again
        asked = show_me.evaluate_all(
            "buttons => buttons.map(button => (button.click(), button.closest('[class*=st-key-ask_]').className))"
        )
        for question in re.findall(r"st-key-ask_\w+", " ".join(asked)):
            expect(page.locator(f".{question}")).to_have_count(0, timeout=60_000)
        visitor.settled()
    for fold in page.locator("[class*=st-key-w_further_]").all():
        if fold.locator("details").first.get_attribute("open") is None:
            name = str(fold.get_attribute("class")).partition("st-key-w_further_")[2].split()[0]
            fold.locator("summary").first.press("Enter")  # a key cannot miss while what stands above is being drawn
            expect(page).to_have_url(re.compile(rf"further=[^&]*\b{name}\b"), timeout=60_000)  # written when all is drawn
            visitor.settled()


def check_picture(figure: Locator, taken: Download) -> Image.Image:
    """The PNG of a figure is large, light and shows something."""
    data = taken.path().read_bytes()
    open_file(taken.suggested_filename, data)
    image = Image.open(io.BytesIO(data)).convert("L")
    assert image.width >= 2 * 0.9 * figure.evaluate(WIDEST)
    across, down = image.width - 1, image.height - 1
    assert min(image.getpixel(corner) for corner in ((0, 0), (across, 0), (0, down), (across, down))) > 240  # type: ignore[type-var]
    pixels = np.asarray(image)
    assert 0.001 < (pixels < 200).mean() < 0.9, "neither empty nor dark"
    return Image.open(io.BytesIO(data)).convert("RGB")


def check_drawing(figure: Locator, taken: Download) -> ElementTree.Element:
    """The SVG of a figure says its caption, to people and to screen readers, and needs nothing that is not in it."""
    text = taken.path().read_text(encoding="utf-8")
    root = ElementTree.fromstring(text)
    caption = root.findtext(f"{SVG}title") or ""
    shown = figure.locator("[class*=st-key-caption_] [data-testid=stCaptionContainer]").inner_text()
    if "\n" not in shown:  # a formula stands in several lines of a page's text
        assert bare(caption) == bare(shown)
    said = "".join("".join(line.itertext()) for line in root.findall(f"{SVG}text"))
    assert bare(caption) in bare(said)
    assert lesson("common").title in said
    assert not re.search(r'(?:href|src)="(?!data:image/|#)', text)
    return root


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_after_a_change_of_language_a_press_still_gives_one_file(visit: Visit) -> None:
    visitor = visit()
    page = visitor.open("/mixing?lang=en")
    files: list[str] = []
    page.on("download", lambda file: files.append(Path(file.suggested_filename).suffix))
    for language in ("中文", "English"):
        page.get_by_role("radio", name=language, exact=True).click()
        visitor.settled()
    for kind in ("PNG", "SVG"):
        pressed(page, page.locator(".take button", has_text=kind).first)
    assert files == [".png", ".svg"]


KINDS = {"PNG": check_picture, "SVG": check_drawing}


def take_as(kind: str, page: Page, figure: Locator) -> Any:
    """Press one of a figure's own two buttons."""
    return KINDS[kind](figure, pressed(page, figure.locator(".take button", has_text=kind)))


def take(page: Page, figure: Locator) -> tuple[Image.Image, ElementTree.Element]:
    """Press both."""
    return take_as("PNG", page, figure), take_as("SVG", page, figure)


def both_at_once(page: Page, figure: Locator) -> None:
    """Press the second before the first has been answered."""

    def comes(end: str) -> Any:
        return page.expect_download(lambda file: file.suggested_filename.endswith(end), timeout=60_000)

    with comes(".png"), comes(".svg"):
        figure.locator(".take button").evaluate_all("both => both.forEach(button => button.click())")


@pytest.mark.parametrize("view", VIEWS)
def test_every_download_gives_its_file(visit: Visit, view: str) -> None:
    name = view.split()[0]
    visitor = visit()
    page = visitor.open(f"/{name}?{urlencode({'lang': 'en', **VIEWS[view]})}")
    page.get_by_test_id("stDownloadButton").or_(page.locator(".take")).first.wait_for(timeout=60_000)
    show_everything(visitor)
    figures = page.locator("[class*=st-key-figure_]").filter(has=page.locator(".take")).all()
    assert figures or not any(
        re.search(r"\bfigure\(", path.read_text(encoding="utf-8")) for path in (LESSONS / name).glob("*.py")
    )
    for figure, kind in zip(figures, cycle(KINDS)):  # one maker serves all, and every kind is in `figures/app.py`
        take_as(kind, page, figure)
    for button in page.get_by_test_id("stDownloadButton").get_by_role("button").all():
        taken = pressed(page, button)
        open_file(taken.suggested_filename, taken.path().read_bytes())


@pytest.fixture(scope="module")
def figures_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page of figures of every kind."""
    script = str(Path(__file__).parent / "figures" / "app.py")
    options = ("--server.address", "127.0.0.1", "--server.headless", "true")
    with app(tmp_path_factory.mktemp("figures"), *options, script=script) as started:
        yield started.url


def figures_of(visitor: Visitor) -> dict[str, Locator]:
    """The page's figures by their names, once all are drawn."""
    page = visitor.open("/?lang=en")
    page.locator(".js-plotly-plot .bars").last.wait_for()
    page.locator("svg.rv").first.wait_for()
    names = [
        re.search(r"st-key-figure_(\S+)", each.get_attribute("class") or "")
        for each in page.locator("[class*=st-key-figure_]").all()
    ]
    return {name[1]: page.locator(f".st-key-figure_{name[1]}") for name in names if name}


@pytest.fixture(scope="module")
def taken(browser: Browser, figures_server: str) -> dict[str, dict[str, tuple[Image.Image, ElementTree.Element]]]:
    """Each figure as it is taken in both themes, and on a phone."""
    found = {}
    for look, options in {
        "light": {"viewport": {"width": 1280, "height": 720}, "color_scheme": "light"},
        "dark": {"viewport": {"width": 1280, "height": 720}, "color_scheme": "dark"},
        "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark", "device_scale_factor": 3, "has_touch": True},
    }.items():
        context = browser.new_context(locale="en-US", **options)  # type: ignore[arg-type]
        visitor = Visitor(context, figures_server)
        figures = figures_of(visitor)
        found[look] = {name: take(visitor.page, figure) for name, figure in figures.items()}
        visitor.check()
        context.close()
    return found


def test_every_kind_of_figure_is_taken(taken: dict[str, dict[str, tuple[Image.Image, ElementTree.Element]]]) -> None:
    for look in taken.values():
        assert set(look) == {"curves", "diagram", "chart", "picture", "words", "svg"}
    said = {name: " ".join(drawing.itertext()) for name, (_, drawing) in taken["light"].items()}
    assert "Two bars" in said["chart"]
    assert "white on blue" in said["words"]
    for unseen in ("left out", "hidden", "download"):
        assert all(unseen not in text for text in said.values())
    assert "measured here, now · two runs · ResNet, live" in said["curves"]


def test_a_figure_is_the_same_in_both_themes(taken: dict[str, dict[str, tuple[Image.Image, ElementTree.Element]]]) -> None:
    for name, (light, _) in taken["light"].items():
        dark = taken["dark"][name][0]
        assert abs(light.height - dark.height) <= 4
        size = (light.width // 2, min(light.height, dark.height) // 2)
        one, other = (
            np.asarray(image.crop((0, 0, 2 * size[0], 2 * size[1])).resize(size), dtype=float) for image in (light, dark)
        )
        assert np.abs(one - other).mean() < 3, name


def test_a_chart_follows_the_theme_when_it_changes(browser: Browser, figures_server: str) -> None:
    context = browser.new_context(color_scheme="light", locale="en-US")
    visitor = Visitor(context, figures_server)
    chart = figures_of(visitor)["chart"]
    light = [*palette.ON_DARK, palette.VERMILION]
    for scheme, colours in (("light", light), ("dark", [palette.ON_DARK.get(colour, colour) for colour in light])):
        visitor.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for place, colour in enumerate(colours):
            bar = chart.locator(".trace.bars").nth(place).locator("path").first
            expect(bar).to_have_css("fill", f"rgb({int(colour[1:3], 16)}, {int(colour[3:5], 16)}, {int(colour[5:], 16)})")
    visitor.check()
    context.close()


def test_the_page_is_afterwards_as_it_was(browser: Browser, figures_server: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 720}, color_scheme="dark", locale="en-US")
    visitor = Visitor(context, figures_server)
    figures = figures_of(visitor)
    canvas = visitor.page.locator(".curves canvas")
    visitor.page.wait_for_load_state("networkidle")
    before = canvas.evaluate("c => c.toDataURL()")
    colour = "e => getComputedStyle(e).getPropertyValue('--st-background-color')"
    dark = canvas.evaluate(colour)
    for figure in (figures["curves"], figures["diagram"]):
        both_at_once(visitor.page, figure)
    visitor.page.wait_for_function("([c, old]) => c.toDataURL() === old", arg=[canvas.element_handle(), before])
    assert canvas.evaluate(colour) == dark
    assert visitor.page.locator("svg.rv.dark").count()
    assert not visitor.page.locator("[style*='--picture-ratio']").count()
    visitor.check()
    context.close()


def test_numbers_are_taken(browser: Browser, figures_server: str) -> None:
    context = browser.new_context(locale="en-US")
    visitor = Visitor(context, figures_server)
    figures_of(visitor)
    files = [
        pressed(visitor.page, button) for button in visitor.page.get_by_test_id("stDownloadButton").get_by_role("button").all()
    ]
    texts = {file.suggested_filename: file.path().read_text(encoding="utf-8") for file in files}
    assert texts == {"bars.csv": "layer,norm\nfc,1\n"}
    visitor.check()
    context.close()
