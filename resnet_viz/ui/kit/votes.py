"""What a class answered, counted in memory: one vote a browser and question, no names, gone when the server stops."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Callable

import streamlit as st

from resnet_viz.ui.live import CHANNEL
from resnet_viz.ui.live.hub import News

MOST_VOTERS = 2_000
"""Browsers whose votes are kept; when more come, the oldest one's go."""


class Tally:
    """Votes by voter and question. Methods may be called from any thread."""

    def __init__(self, most_voters: int = MOST_VOTERS, tell: Callable[[str], None] = lambda _question: None) -> None:
        """`tell` hears of every question that somebody has answered."""
        self._lock = threading.Lock()
        self._votes: OrderedDict[str, dict[str, int]] = OrderedDict()
        self._most, self._tell = most_voters, tell

    def vote(self, voter: str, question: str, option: int) -> bool:
        """Count a vote; False, and nothing counted, where this voter has answered this question."""
        with self._lock:
            own = self._votes.setdefault(voter, {})
            if question in own:
                return False
            own[question] = option
            while len(self._votes) > self._most:
                self._votes.popitem(last=False)
        self._tell(question)
        return True

    def answers(self, question: str) -> int:
        """How many have answered a question."""
        with self._lock:
            return sum(question in votes for votes in self._votes.values())

    def of(self, voter: str) -> dict[str, int]:
        """What this voter has chosen, an option a question."""
        with self._lock:
            return dict(self._votes.get(voter, {}))

    @property
    def voters(self) -> int:
        """How many have voted."""
        return len(self._votes)

    def counts(self, question: str, options: int) -> list[int]:
        """How many voters chose each of `options` options."""
        with self._lock:
            chosen = [votes[question] for votes in self._votes.values() if question in votes]
        return [chosen.count(option) for option in range(options)]

    def clear(self) -> None:
        """Forget all votes."""
        with self._lock:
            self._votes.clear()


@st.cache_resource(show_spinner=False)
def tally() -> Tally:
    """The one tally of this app. The channel tells `votes:<question>`: how many have answered."""
    made = Tally(tell=lambda question: CHANNEL.changed(f"votes:{question}"))

    def news(question: str, mark: str) -> News | None:
        count = str(made.answers(question))
        return News(count, json.dumps({"status": count})) if count != mark else None

    CHANNEL.offer("votes", news, lambda _questions, _visitor: None)
    return made
