"""Files larger than a picture: one in the whole process, from its first byte until it is read or has waited long enough."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

WAIT = 45.0
"""Seconds that one waits, unread, for those before it. nginx gives up after 60 in which nobody takes what it sends."""
SECONDS = 180.0
"""For arriving: 250 MB at 1.4 MB a second."""
UNREAD = 30.0
"""For being read. A run of the page reads it as soon as the browser has told that it is there, and lets go of it."""


class OneLargeFile:
    """The turn that a large file has, and keeps while its bytes are in memory."""

    def __init__(self, wait: float = WAIT, unread: float = UNREAD) -> None:
        self.wait, self.unread = wait, unread
        self._turn = asyncio.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_arriving = False
        self._kept: str | None = None
        """The file that has arrived and that nobody has read."""
        self._end_of_patience: asyncio.TimerHandle | None = None

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """While one arrives. Raises `TimeoutError` where none gets free in time."""
        async with asyncio.timeout(self.wait):
            await self._turn.acquire()
        self._loop, self._is_arriving = asyncio.get_running_loop(), True
        try:
            yield
        finally:
            self._is_arriving = False
            self._let_the_next_in()

    def arrived(self, file: str, drop: Callable[[], None]) -> None:
        """A large file is in memory. `drop` takes it out, at once where it came without a turn."""
        if not self._is_arriving or self._kept is not None or self._loop is None:
            drop()
            return
        self._kept = file
        self._end_of_patience = self._loop.call_later(self.unread, drop)

    def gone(self, file: str) -> None:
        """A file, perhaps this one, is not in memory any more: it was read, dropped or taken back. Any thread may say so."""
        if file == self._kept and self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the server has ended
                self._loop.call_soon_threadsafe(self._forget, file)

    def _forget(self, file: str) -> None:
        if file != self._kept:
            return
        self._kept = None
        if self._end_of_patience is not None:
            self._end_of_patience.cancel()
        self._let_the_next_in()

    def _let_the_next_in(self) -> None:
        if not self._is_arriving and self._kept is None and self._turn.locked():
            self._turn.release()
