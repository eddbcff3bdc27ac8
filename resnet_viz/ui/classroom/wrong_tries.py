"""How often somebody may be wrong about a secret: who guesses is asked to wait, and others are not."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

WITHIN = 60.0
"""Seconds in which a wrong one counts."""


class WrongTries:
    """Counts wrong ones by who said them, and all together, for whoever comes under many names. For any thread.

    No more than `most_of_all` are remembered, for a minute.
    """

    def __init__(self, most_of_one: int, most_of_all: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._of_one, self._of_all = most_of_one, most_of_all
        self._clock, self._lock = clock, threading.Lock()
        self._wrong: dict[str, deque[float]] = {}

    def are_too_many(self, who: str) -> bool:
        """Whether nothing that `who` says is to be looked at now."""
        with self._lock:
            self._forget()
            return len(self._wrong.get(who, ())) >= self._of_one or sum(map(len, self._wrong.values())) >= self._of_all

    def add(self, who: str) -> None:
        """What `who` said was wrong."""
        with self._lock:
            self._wrong.setdefault(who, deque(maxlen=self._of_one)).append(self._clock())

    def _forget(self) -> None:
        before = self._clock() - WITHIN
        for who, times in list(self._wrong.items()):
            while times and times[0] <= before:
                times.popleft()
            if not times:
                del self._wrong[who]
