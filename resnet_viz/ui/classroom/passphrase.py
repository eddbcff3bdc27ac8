"""The passphrase that `RESNET_VIZ_TEACHER` asks for before a class is opened, and how often one may be wrong."""

from __future__ import annotations

import hmac
import os
import threading
import time
from collections import deque
from collections.abc import Callable

MOST_WRONG, WITHIN = 5, 60.0
"""Wrong ones from one address, and the seconds in which they count."""


class PassphraseWrong(Exception):
    """It is another."""


class PassphraseLater(Exception):
    """There were too many wrong ones: this one was not looked at."""


def is_needed() -> bool:
    """Whether one has to be said."""
    return bool(os.environ.get("RESNET_VIZ_TEACHER"))


class WrongTries:
    """Counts the wrong ones by address, and all of them, for whoever has many addresses. For any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._wrong: dict[str, deque[float]] = {}

    def check(self, said: str, address: str) -> None:
        """Raises `PassphraseWrong` or `PassphraseLater`."""
        wanted = os.environ.get("RESNET_VIZ_TEACHER", "")
        if not wanted:
            return
        with self._lock:
            self._forget()
            own, all_ = self._wrong.get(address, ()), sum(map(len, self._wrong.values()))
            if len(own) >= MOST_WRONG or all_ >= MOST_WRONG * 10:
                raise PassphraseLater
            if not hmac.compare_digest(said.encode(), wanted.encode()):
                self._wrong.setdefault(address, deque()).append(self._clock())
                raise PassphraseWrong

    def _forget(self) -> None:
        before = self._clock() - WITHIN
        for address, times in list(self._wrong.items()):
            while times and times[0] <= before:
                times.popleft()
            if not times:
                del self._wrong[address]
