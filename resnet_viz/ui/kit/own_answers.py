"""What each browser has answered, in memory: the first answer to a question counts, a reload keeps it, nobody else sees it."""

from __future__ import annotations

import threading
from collections import OrderedDict

import streamlit as st

MOST_BROWSERS = 2_000
"""Browsers whose answers are kept; when more come, the oldest one's go."""


class OwnAnswers:
    """Answers by browser and question. Methods may be called from any thread."""

    def __init__(self, most: int = MOST_BROWSERS) -> None:
        self._lock = threading.Lock()
        self._answers: OrderedDict[str, dict[str, int]] = OrderedDict()
        self._most = most

    def answer(self, browser: str, question: str, option: int) -> bool:
        """Keep an answer; False, and nothing kept, where this browser has answered this question."""
        with self._lock:
            own = self._answers.setdefault(browser, {})
            if question in own:
                return False
            own[question] = option
            while len(self._answers) > self._most:
                self._answers.popitem(last=False)
            return True

    def of(self, browser: str) -> dict[str, int]:
        """What this browser has chosen, an option a question."""
        with self._lock:
            return dict(self._answers.get(browser, {}))

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._answers.clear()


@st.cache_resource(show_spinner=False)
def own_answers() -> OwnAnswers:
    """Those of this app."""
    return OwnAnswers()
