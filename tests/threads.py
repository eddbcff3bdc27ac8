"""`at_once`: what may be called from any thread is called from several, which change places as often as Python lets them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier


def at_once(*works: Callable[[int], object], times: int) -> None:
    """Each of these in a thread of its own, so many times; raises what one of them raises."""
    start, before = Barrier(len(works)), sys.getswitchinterval()

    def repeat(work: Callable[[int], object]) -> None:
        start.wait()
        for n in range(times):
            work(n)

    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(len(works)) as threads:
            for done in [threads.submit(repeat, work) for work in works]:
                done.result()
    finally:
        sys.setswitchinterval(before)
