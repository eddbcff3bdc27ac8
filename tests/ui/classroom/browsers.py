"""Several browsers of one class on Streamlit's test bench: each has its cookies, and a session for each page that it opens."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from resnet_viz.ui.classroom.here import classes
from resnet_viz.ui.classroom.route import TEACHER_COOKIE
from resnet_viz.ui.kit.visitor import COOKIE
from tests.ui.test_pages import open_page, texts


class BenchBrowser:
    """Looks at one page at a time. Whatever it does, its cookies are those that the server sees."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, key: str = "") -> None:
        self._patch = monkeypatch
        self.cookies = {COOKIE: secrets.token_hex(16), TEACHER_COOKIE: key}
        self.at: AppTest

    def open(self, page: str, **link: str) -> BenchBrowser:
        self._here()
        self.at = open_page(page, **link)
        return self

    def press(self, key: str) -> None:
        self._do(lambda: self.at.button(key=key).click().run())

    def look(self) -> None:
        """The page runs again, as the live channel has it do when something has changed."""
        self._do(self.at.run)

    def unfold(self, key: str) -> None:
        """Open what is folded."""
        self.at.session_state[key] = True
        self.look()

    def does(self, act: Callable[[], AppTest]) -> None:
        self._do(act)

    @property
    def keys(self) -> list[str]:
        return [str(button.key) for button in self.at.button]

    @property
    def says(self) -> str:
        return texts(self.at) + "".join(str(box.value) for kind in ("warning", "info", "success") for box in self.at.get(kind))

    def _do(self, act: Callable[[], object]) -> None:
        self._here()
        act()
        assert not self.at.exception, self.at.exception

    def _here(self) -> None:
        cookies = self.cookies
        self._patch.setattr(type(st.context), "cookies", property(lambda _: cookies))


def a_class(monkeypatch: pytest.MonkeyPatch) -> tuple[str, BenchBrowser]:
    """A class that has just been opened: its code and its teacher."""
    found, key = classes().open()
    return found.code, BenchBrowser(monkeypatch, key)
