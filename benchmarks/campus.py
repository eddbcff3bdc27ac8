"""Two hundred people on two apps behind nginx against a hundred on one: what each waits for, and what a session takes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import psutil

from benchmarks import Amount, Row, p95
from benchmarks.load import study
from benchmarks.session import Session
from tests.browser.site import Site, whole_site

SESSIONS, RERUNS, THINK, ROUNDS = 100, 3, 10.0, 1
"""Sessions an app, reruns of each, seconds between them."""


class Crowd:
    """What a number of sessions, spread over the apps of these letters, have been through."""

    def __init__(self, site: Site, letters: str) -> None:
        self.site, self.letters = site, letters
        self.seconds: list[float] = []
        self.failures = self.runs = 0
        self.spent: dict[str, float] = {}
        """Processor time by process, and this one's as `those who ask`."""
        self.wall = 0.0
        self.grown: list[float] = []
        """Bytes that each app has grown by."""

    async def come(self, sessions: int, reruns: int, think: float) -> None:
        """Once more so many."""
        letters = islice(cycle(self.letters), sessions)
        cookies = (f"replica={letter.lower()}" for letter in letters)
        made = [Session(self.site.url, "build", cache=True, cookie=cookie, trust=self.site.trust) for cookie in cookies]
        spent, held, start = _spent(self.site), self._held(), time.monotonic()
        students = await study(made, reruns, think)
        self.wall += time.monotonic() - start
        self.grown += [now - before for now, before in zip(self._held(), held, strict=True)]
        self.seconds += [seconds for student in students for seconds in student.seconds]
        self.failures += sum(student.failures for student in students)
        self.runs += sessions * (1 + reruns)
        for name, now in _spent(self.site).items():
            self.spent[name] = self.spent.get(name, 0.0) + now - spent[name]

    def _held(self) -> list[int]:
        return [psutil.Process(self.site.processes[letter].pid).memory_info().rss for letter in self.letters]


def _spent(site: Site) -> Mapping[str, float]:
    """Seconds of a core that each process and its children have taken."""
    found = {name: _with_children(process.pid) for name, process in site.processes.items()}
    return {**found, "those who ask": time.process_time()}


def _with_children(pid: int) -> float:
    process = psutil.Process(pid)
    return sum(sum(one.cpu_times()[:2]) for one in (process, *process.children(recursive=True)))


def _compared(site: Site) -> tuple[Crowd, Crowd]:
    one, two = Crowd(site, "A"), Crowd(site, "AC")
    asyncio.run(Crowd(site, "AC").come(2, 80, 0.0))  # what a class looks at is in the caches after its first students
    for _ in range(ROUNDS):
        asyncio.run(one.come(SESSIONS, RERUNS, THINK))
        asyncio.run(two.come(2 * SESSIONS, RERUNS, THINK))
    return one, two


def rows() -> Iterator[Row | Amount]:
    with TemporaryDirectory() as folder, whole_site(Path(folder)) as site:
        one, two = _compared(site)
    for what, of in (("median", median), ("p95", p95)):
        ours, theirs = of(two.seconds), of(one.seconds)
        name = f"{2 * SESSIONS} sessions on two apps, rerun {what}"
        yield Row(name, ours, f"{SESSIONS} on one", theirs, ours / theirs, "≤ 1" if what == "p95" else "")
    for crowd, name in ((one, f"{SESSIONS} on one"), (two, f"{2 * SESSIONS} on two")):
        apps = sum(crowd.spent[letter] for letter in crowd.letters)
        yield Amount(f"{name}: a page costs the app", f"{1e3 * apps / crowd.runs:.1f} ms", "of a core")
        yield Amount(f"{name}: a page costs nginx", f"{1e3 * crowd.spent['nginx'] / crowd.runs:.1f} ms", "of a core")
        busy = sum(crowd.spent.values()) / crowd.wall
        asking = crowd.spent["those who ask"] / crowd.wall
        yield Amount(f"{name}: cores taken", f"{busy:.2f}", f"{asking:.2f} of them by those who ask; {crowd.failures} failures")
    yield Amount("memory that a session leaves behind, at most", f"{one.grown[0] / SESSIONS / 1024:.0f} KiB", "the first hundred")
