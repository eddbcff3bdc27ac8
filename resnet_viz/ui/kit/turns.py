"""Who may use the processor: turns, so that nothing that takes long holds up what every page needs.

    drawing        a run of a page
    one_at_a_time  a pass of a page: well below a second
    measuring      what a page measures in a second or a few; at most one at a time beside the passes
    exporting      a file being made by a process of its own
    building       a network being made: at most one at a time, because of its memory

Whoever holds `building` may go on to `one_at_a_time`, never the other way round.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from resnet_viz.refused import Refused

WAIT = 20.0
"""Seconds that somebody waits for a turn to measure or to export before being told that the machine is busy."""


REST = 0.003
"""Seconds for which a place stays free before somebody who waits gets it: in them the server's own thread, which would have to
wait for Python's lock, sends what has been drawn. Otherwise a hundred who come together see nothing until the last is drawn."""


class Places:
    """A few that run at a time, the others one after the other, in the order of their coming.

    Threads of Python that all run get ahead like one, but each at a fraction of its pace, and the server's own thread, which
    sends what they have drawn, waits for its share among them. A hundred pages at once are all there sooner one after the other.
    """

    def __init__(self, most: int, seconds: float) -> None:
        """A place that somebody has had for more than so many seconds is no longer counted: who holds it waits for something."""
        self._most, self._seconds = most, seconds
        self._changed = threading.Condition()
        self._since: dict[int, float] = {}
        """Thread to when it got its place, the longest ago first."""
        self._waiting = 0

    @contextmanager
    def taken(self) -> Iterator[None]:
        """One place, for this thread."""
        with self._changed:
            self._waiting += 1
            while len(self._since) >= self._most:
                oldest, since = next(iter(self._since.items()))
                if (left := since + self._seconds - time.monotonic()) > 0:
                    self._changed.wait(left)
                else:
                    del self._since[oldest]
            self._waiting -= 1
            self._since[threading.get_ident()] = time.monotonic()
        try:
            yield
        finally:
            if self._waiting and threading.get_ident() in self._since:
                time.sleep(REST)
            self.leave()

    def leave(self) -> None:
        """Let somebody else have this thread's place, if it has one."""
        with self._changed:
            if self._since.pop(threading.get_ident(), None) is not None:
                self._changed.notify()


class Turn:
    """One at a time. Who waits for it leaves its place to others that draw."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        self.take(-1)

    def __exit__(self, *_: object) -> None:
        self.release()

    def release(self) -> None:
        self._lock.release()

    def take(self, wait: float) -> bool:
        """Whether it came within so many seconds; -1 waits as long as it takes."""
        if self._lock.acquire(blocking=False):
            return True
        drawing.leave()
        return self._lock.acquire(timeout=wait)


drawing = Places(most=2, seconds=0.25)
one_at_a_time, building = Turn(), Turn()
_measuring, _exporting = Turn(), Turn()


def measuring(wait: float = WAIT) -> AbstractContextManager[None]:
    """A turn for something that takes a second or more. Raises `Refused` when none comes within `wait` seconds."""
    return _turn(_measuring, wait)


def exporting(wait: float = WAIT) -> AbstractContextManager[None]:
    """A turn to have a file made. Raises `Refused` when none comes within `wait` seconds."""
    return _turn(_exporting, wait)


@contextmanager
def _turn(turn: Turn, wait: float) -> Iterator[None]:
    if not turn.take(wait):
        raise Refused("machine_busy", seconds=wait)
    try:
        yield
    finally:
        turn.release()
