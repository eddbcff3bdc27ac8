"""Basic or bottleneck in a browser: to scale, by keyboard, on a phone, measured."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from resnet_viz.nets.blockcost import block_plan, comparisons
from resnet_viz.text import LANGUAGES, lesson
from tests.browser.conftest import Visitor, serious_findings

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
WORDS = lesson("bottleneck").labels


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_drawings_and_a_number_on_the_screen(visit: Visit, language: str) -> None:
    page = visit().open(f"/bottleneck?lang={language}&channels=256&height=28&width=28")
    expect(page.get_by_role("heading", level=1)).to_have_text(lesson("bottleneck", language).title)
    for block in ("basic", "bottleneck"):
        drawing = page.get_by_role("img", name=re.compile("^" + lesson("bottleneck", language).labels[block]))
        expect(drawing).to_be_visible()
        expect(page.get_by_text(f"{block_plan(block, 256, 28, 28).macs:,}").first).to_be_visible()


def test_a_slider_by_keyboard_changes_everything(visit: Visit) -> None:
    visitor = visit()
    page = visitor.open("/bottleneck")
    slider = page.get_by_role("slider", name=WORDS["channels"])
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("channels=96"), timeout=20_000)
    visitor.settled()
    expect(page.get_by_text(f"{block_plan('basic', 96, 56, 56).macs:,}")).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("from 96 to 24 channels"))).to_be_visible()
    expect(page.locator(".js-plotly-plot")).to_contain_text("C = 96")


def test_drawn_to_the_same_scale_on_any_screen(visit: Visit) -> None:
    for width in (1280, 390):
        page = visit(width, 844).open("/bottleneck")
        expect(page.locator("svg.rv polygon")).to_have_count(5)
        wide = page.locator("svg.rv polygon").evaluate_all("shapes => shapes.map(s => s.getBoundingClientRect().width)")
        assert wide[0] == pytest.approx(wide[2], rel=0.01), "C is as wide in both"
        assert wide[3] == pytest.approx(wide[0] / 4, rel=0.01)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        expect(page.locator(".js-plotly-plot")).to_be_visible()


def test_measuring_once_serves_the_next_visitor(visit: Visit) -> None:
    first, second = visit(), visit()
    link = "/bottleneck?channels=16&height=4&width=4"
    tables = []
    for visitor in (first, second):
        page = visitor.open(link)
        page.get_by_role("button", name=WORDS["measure"]).click()
        expect(page.locator(".st-key-times table")).to_have_count(3, timeout=60_000)
        visitor.settled()
        expect(page.get_by_text(WORDS["said_why"].split("{")[0])).to_be_visible()
        tables.append(page.locator(".st-key-times").inner_text())
    assert tables[0] == tables[1]
    assert WORDS["resnet50"] in tables[0]


def test_downloads(visit: Visit) -> None:
    page = visit().open("/bottleneck?channels=32")
    with page.expect_download() as waiting:
        page.get_by_role("button", name=WORDS["export_csv"]).click()
    rows = list(csv.DictReader(io.StringIO(waiting.value.path().read_text(encoding="utf-8"))))
    assert int(rows[0]["bottleneck"]) == comparisons(32, 56, 56)[0].bottleneck.macs
    with page.expect_download() as waiting:
        page.get_by_role("button", name=WORDS["export_bottleneck"]).click()
    scope: dict[str, object] = {"__name__": "x"}
    exec(waiting.value.path().read_text(encoding="utf-8"), scope)
    block = scope["Net"]().layer1[1]  # type: ignore[operator]
    assert sum(p.numel() for p in block.parameters()) == block_plan("bottleneck", 32, 1, 1).params
    with page.expect_download() as waiting:
        page.get_by_role("button", name=WORDS["export_svg"]).click()
    assert waiting.value.path().read_text(encoding="utf-8").count("<polygon") == 5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_serious(visit: Visit, scheme: str, width: int) -> None:
    page = visit(width, 844, color_scheme=scheme).open("/bottleneck?channels=16&height=4&width=4")
    expect(page.locator(".js-plotly-plot")).to_be_visible()
    page.get_by_role("button", name=WORDS["measure"]).click()
    expect(page.get_by_text(WORDS["said_why"].split("{")[0])).to_be_visible(timeout=60_000)
    assert not serious_findings(page)
