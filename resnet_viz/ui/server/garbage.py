"""Python's garbage collector is kept calm: what takes it long it does while nobody waits for a page.

Of what a run of a page makes nearly all goes when the run ends. Walking everything else, the sessions of a class, takes a tenth
of a second in which no page is drawn, and Python would do it in the middle of one.
"""

from __future__ import annotations

import gc
import sys
import threading
import time

QUIET = 0.5
"""Seconds without the end of a run after which nobody is taken to wait."""
LONGEST = 20.0
"""Seconds after which all garbage is collected though runs go on."""
_SELDOM = 1_000
"""Times that Python walks the young objects before it walks all by itself; ten are usual."""

_collecting = threading.Lock()
_modules_seen = 0
_has_run = threading.Event()
_collector: threading.Thread | None = None


def settle_gc() -> None:
    """Freeze the heap when modules have been imported since the last call.

    Walking torch's modules takes the collector about 0.2 s of everybody's time.
    """
    global _modules_seen
    if len(sys.modules) == _modules_seen or not _collecting.acquire(blocking=False):
        return
    try:
        gc.collect()
        gc.freeze()
        _modules_seen = len(sys.modules)
    finally:
        _collecting.release()


def note_run() -> None:
    """A run of a page has ended."""
    _has_run.set()


def collect_when_quiet() -> None:
    """From now on a thread collects what Python leaves, each time that runs have come and gone; once a process."""
    global _collector
    if _collector is None:
        gc.set_threshold(*gc.get_threshold()[:2], _SELDOM)
        _collector = threading.Thread(target=_collect_on, name="garbage", daemon=True)
        _collector.start()


def _collect_on() -> None:
    while True:
        _has_run.wait()
        until = time.monotonic() + LONGEST
        while _has_run.is_set() and time.monotonic() < until:
            _has_run.clear()
            _has_run.wait(QUIET)
        with _collecting:
            gc.collect()
