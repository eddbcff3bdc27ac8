"""Which pages a browser has been at: ticks that outlast a reload, in the navigation and on Home's map, and nobody else's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from resnet_viz.ui.kit import navigation
from resnet_viz.ui.kit.by_browser import own_pages
from resnet_viz.ui.kit.visitor import COOKIE
from tests.ui.test_pages import open_page

ME, OTHER = "5" * 32, "6" * 32
Browser = Callable[..., AppTest]


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    """Opens a page in a new session of the browser whose cookie says this name."""

    def new(name: str, page: str, **link: str) -> AppTest:
        monkeypatch.setattr(type(st.context), "cookies", property(lambda _: {COOKIE: name}))
        return open_page(page, lang="en", **link)

    yield new
    own_pages().clear()


def on_the_map(home: AppTest) -> list[str]:
    """The cards with a tick."""
    return [each.proto.label for each in home.get("page_link") if "✓" in each.proto.label]


@pytest.fixture
def navigations(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What the navigation says, each time that it is drawn."""
    drawn: list[list[str]] = []
    pages = navigation.pages

    def noted() -> list[Any]:
        drawn.append([each.title for each in pages()])
        return pages()

    monkeypatch.setattr(navigation, "pages", noted)
    return drawn


def test_a_reload_brings_the_ticks_back(browser: Browser, navigations: list[list[str]]) -> None:
    browser(ME, "block")
    browser(ME, "degradation")
    assert on_the_map(browser(ME, "home")) == ["1 The residual block ✓", "3 Degradation ✓"]
    assert {"✓ Block", "✓ Degradation", "2 Inside"} < {*navigations[-1]}
    assert not on_the_map(browser(OTHER, "home")), "they are this browser's"
    assert not on_the_map(browser("no name of ours", "home"))


def test_the_page_that_is_left_has_its_tick_at_once_and_the_one_that_is_there_has_none(
    browser: Browser, navigations: list[list[str]]
) -> None:
    at = browser(ME, "block")
    assert "1 Block" in navigations[-1]
    at.switch_page("../../pages/degradation.py").run()
    assert {"✓ Block", "3 Degradation"} < {*navigations[-1]}
    at.switch_page("../../pages/block.py").run()
    assert {"1 Block", "✓ Degradation"} < {*navigations[-1]}
    drawn = len(navigations)
    at.run()
    assert len(navigations) == drawn + 1, "who stays costs one"
    at.switch_page("../../pages/degradation.py").run()
    assert len(navigations) == drawn + 2, "and who goes to a page where somebody has been before"
    assert {"✓ Block", "3 Degradation"} < {*navigations[-1]}


@pytest.mark.parametrize("sheet", ["worksheet", "answers"])
def test_a_sheet_of_paper_is_no_visit(browser: Browser, sheet: str) -> None:
    browser(ME, "block", sheet=sheet)
    assert "block" not in own_pages().of(ME)
