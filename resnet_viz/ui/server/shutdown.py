"""What has to be ended together with the server."""

from __future__ import annotations

import asyncio
import atexit
from collections.abc import Callable

_closers: list[Callable[[], None]] = []


def at_end(close: Callable[[], None]) -> None:
    """Call `close` when the server stops, or at the latest when Python ends. It may be called twice.

    A server that is told to stop (TERM, Ctrl + C) ends by that signal once it has shut down: `atexit` alone would never come.
    """
    _closers.append(close)
    atexit.register(close)


async def end_all() -> None:
    """Close everything, the last first, without holding the server's loop."""
    while _closers:
        await asyncio.to_thread(_closers.pop())
