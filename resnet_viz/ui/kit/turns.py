"""Who may use the processor: turns, so that nothing that takes long holds up what every page needs.

    one_at_a_time  a pass of a page: well below a second
    measuring      what a page measures in a second or a few; at most one at a time beside the passes
    exporting      a file being made by a process of its own
    building       a network being made: at most one at a time, because of its memory

Whoever holds `building` may go on to `one_at_a_time`, never the other way round.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from resnet_viz.refused import Refused

WAIT = 20.0
"""Seconds that somebody waits for a turn to measure or to export before being told that the machine is busy."""

one_at_a_time = threading.Lock()
building = threading.Lock()
_measuring, _exporting = threading.Lock(), threading.Lock()


def measuring(wait: float = WAIT) -> AbstractContextManager[None]:
    """A turn for something that takes a second or more. Raises `Refused` when none comes within `wait` seconds."""
    return _turn(_measuring, wait)


def exporting(wait: float = WAIT) -> AbstractContextManager[None]:
    """A turn to have a file made. Raises `Refused` when none comes within `wait` seconds."""
    return _turn(_exporting, wait)


@contextmanager
def _turn(lock: threading.Lock, wait: float) -> Iterator[None]:
    if not lock.acquire(timeout=wait):
        raise Refused("machine_busy", seconds=wait)
    try:
        yield
    finally:
        lock.release()
