"""What one app takes: its start, against that of the smallest Streamlit app there is, and its memory while nobody is there."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import psutil
from playwright.sync_api import Browser

from benchmarks import Amount, Row
from benchmarks._server import chromium, one_line_app, ours, wait_for
from benchmarks.browser import first_paint
from benchmarks.session import Session
from benchmarks.soak import App
from resnet_viz.ui.kit.course import LESSONS

ROUNDS = 3
SETTLED = 1.0
"""Seconds between two looks at processes; they have settled once they take less than `IDLE` seconds of a core in between."""
IDLE = 0.3


def _painted(browser: Browser, server: Callable[[], AbstractContextManager[str]]) -> float:
    """Seconds from the start of a server until a browser has painted its page."""
    start = time.perf_counter()
    with server() as url:
        first_paint(browser, url)
        return time.perf_counter() - start


def _ready(browser: Browser | None) -> float:
    """Seconds from the start of the app until it is ready; without a browser nobody comes in the meantime."""
    start = time.perf_counter()
    with ours(warm=False) as url:
        if browser:
            first_paint(browser, url)
        wait_for(f"{url}/readyz")
        return time.perf_counter() - start


def starts() -> Iterator[Row | Amount]:
    """Of a server; in turns, so that a busy moment hits both."""
    with chromium() as browser:
        taken: dict[str, list[float]] = {"ours": [], "theirs": [], "visited": [], "alone": []}
        for _ in range(ROUNDS):
            taken["ours"].append(_painted(browser, lambda: ours(warm=False)))
            taken["theirs"].append(_painted(browser, one_line_app))
            taken["visited"].append(_ready(browser))
            taken["alone"].append(_ready(None))
    mine, other = median(taken["ours"]), median(taken["theirs"])
    yield Row("from nothing to Home's first paint", mine, "a one-line app", other, mine / other, "≤ 1.2×")
    yield Amount("from nothing to ready, somebody comes at once", f"{median(taken['visited']):.1f} s", "≤ 15 s")
    yield Amount("from nothing to ready, nobody comes", f"{median(taken['alone']):.1f} s", "≤ 15 s")


def _settle(processes: list[psutil.Process]) -> None:
    """Wait until they do next to nothing: modules are imported, and the cluster has come together."""
    spent, before = IDLE + 1, 0.0
    while spent > IDLE:
        time.sleep(SETTLED)
        now = sum(sum(process.cpu_times()[:2]) for process in processes)
        spent, before = now - before, now


async def _visit(url: str, *pages: str) -> None:
    async with Session(url, "").connected() as session:
        for page in pages:
            session.turn_to(page)
            await session.run("lang=en")


def _held(role: str, processes: list[psutil.Process]) -> Amount:
    own, resident = (max(getattr(p.memory_full_info(), kind) for p in processes) / 2**20 for kind in ("pss", "rss"))
    return Amount(f"memory of {role}", f"{own:.0f} MiB", f"{resident:.0f} MiB resident")


def memory() -> Iterator[Amount]:
    """Of the processes of one app with two workers, shared pages divided among those who share them (PSS)."""
    with TemporaryDirectory() as folder:
        app = App(Path(folder), RESNET_VIZ_WORKERS="2")
        try:
            _settle([app.process])
            yield _held("the app, ready, nobody has come", [app.process])
            asyncio.run(_visit(app.url, "degradation"))
            while len(app.children("worker")) < 2:
                time.sleep(0.1)
            everybody = [app.process, *app.children()]
            _settle(everybody)
            yield _held("the app, its training processes started", [app.process])
            yield _held("the scheduler, idle", app.children("scheduler"))
            yield _held("a worker, idle", app.children("worker"))
            asyncio.run(_visit(app.url, *LESSONS))
            _settle(everybody)
            yield _held("the app, every page opened once", [app.process])
        finally:
            app.end()


def rows() -> Iterator[Row | Amount]:
    yield from memory()
    yield from starts()
