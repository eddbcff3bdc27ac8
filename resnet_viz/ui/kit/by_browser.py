"""What each browser has answered and where it has been, in memory: a reload keeps it, nobody else sees it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from functools import cache
from typing import Generic, TypeVar

MOST_BROWSERS = 2_000
"""Browsers of which something is kept; when more come, those go of which nothing was kept for longest."""

Value = TypeVar("Value")


class ByBrowser(Generic[Value]):
    """Values by browser and name, the first of each name. Methods may be called from any thread."""

    def __init__(self, most: int = MOST_BROWSERS) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, dict[str, Value]] = OrderedDict()
        self._most = most

    def keep(self, browser: str, name: str, value: Value) -> bool:
        """Keep a value; False where this browser has one of this name, which stays."""
        with self._lock:
            own = self._kept.setdefault(browser, {})
            self._kept.move_to_end(browser)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
            if name in own:
                return False
            own[name] = value
            return True

    def of(self, browser: str) -> dict[str, Value]:
        """What is kept of this browser, by name, in the order of its coming."""
        with self._lock:
            return dict(self._kept.get(browser, {}))

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._kept.clear()


@cache
def own_answers() -> ByBrowser[int]:
    """The option that was chosen first, by question."""
    return ByBrowser()


@cache
def own_pages() -> ByBrowser[bool]:
    """The pages that were opened; apart from the answers, which visits shall never push out."""
    return ByBrowser()
