"""The passphrase that `RESNET_VIZ_TEACHER` asks for before a class is opened, and how often one may be wrong."""

from __future__ import annotations

import hmac
import os
import time
from collections.abc import Callable

from resnet_viz.ui.classroom.wrong_tries import WrongTries

MOST_WRONG = 5
"""Wrong ones from one address within a minute."""


class PassphraseWrong(Exception):
    """It is another."""


class PassphraseLater(Exception):
    """There were too many wrong ones: this one was not looked at."""


def is_needed() -> bool:
    """Whether one has to be said."""
    return bool(os.environ.get("RESNET_VIZ_TEACHER"))


class PassphraseGuard:
    """Asks for the passphrase, and counts the wrong ones by address. For any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._wrong = WrongTries(MOST_WRONG, MOST_WRONG * 10, clock)

    def check(self, said: str, address: str) -> None:
        """Raises `PassphraseWrong` or `PassphraseLater`."""
        wanted = os.environ.get("RESNET_VIZ_TEACHER", "")
        if not wanted:
            return
        if self._wrong.are_too_many(address):
            raise PassphraseLater
        if not hmac.compare_digest(said.encode(), wanted.encode()):
            self._wrong.add(address)
            raise PassphraseWrong
