"""Which pages each browser has been at, in memory: a reload keeps its ticks, nobody else has them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Set as AbstractSet

import streamlit as st

MOST_BROWSERS = 2_000
"""Browsers whose pages are kept; when more come, those go that have opened none for longest."""


class OwnPages:
    """Pages by browser; apart from its answers, which visits shall never push out. Methods may be called from any thread."""

    def __init__(self, most: int = MOST_BROWSERS) -> None:
        self._lock = threading.Lock()
        self._pages: OrderedDict[str, frozenset[str]] = OrderedDict()
        self._most = most

    def see(self, browser: str, page: str) -> None:
        """This browser has been at a page."""
        with self._lock:
            self._pages[browser] = self._pages.get(browser, frozenset()) | {page}
            self._pages.move_to_end(browser)
            while len(self._pages) > self._most:
                self._pages.popitem(last=False)

    def of(self, browser: str) -> AbstractSet[str]:
        """The pages that this browser has been at."""
        with self._lock:
            return self._pages.get(browser, frozenset())


@st.cache_resource(show_spinner=False)
def own_pages() -> OwnPages:
    """Those of this app."""
    return OwnPages()
