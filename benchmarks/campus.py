"""Two hundred people on two apps behind nginx against a hundred on one: what each waits for, and what a session takes.

Where the apps share two cores with each other, nginx and those who ask, some of the waiting is for the machine. How much is told
by a hundred on one app of the site while another hundred use an app that has nothing to do with it."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

import psutil

from benchmarks import Amount, Row, p95
from benchmarks._server import ours
from benchmarks.load import study
from benchmarks.session import Session
from tests.browser.site import Site, whole_site

SESSIONS, RERUNS, THINK, ROUNDS = 100, 3, 10.0, 1
"""Sessions an app, reruns of each, seconds between them."""


class Asked(NamedTuple):
    """What the sessions of one app have been through, asked from one process."""

    seconds: list[float]
    failures: int
    processor: float
    """Seconds of a core that asking took."""


def _ask(url: str, authority: Path, letter: str, sessions: int, reruns: int, think: float) -> Asked:
    trust = ssl.create_default_context(cafile=authority) if url.startswith("https") else None
    start = time.process_time()
    made = [Session(url, "build", cache=True, cookie=f"replica={letter.lower()}", trust=trust) for _ in range(sessions)]
    students = asyncio.run(study(made, reruns, think, seed=1_000 * ord(letter)))
    seconds = [seconds for student in students for seconds in student.seconds]
    return Asked(seconds, sum(student.failures for student in students), time.process_time() - start)


class Crowd:
    """What so many sessions on each app of these letters have been through. Those of each app ask from a process of their own:
    from one for all, the sessions of two apps would wait for each other where they ask."""

    def __init__(self, site: Site, letters: str, askers: ProcessPoolExecutor) -> None:
        self.site, self.letters, self._askers = site, letters, askers
        self.seconds: list[float] = []
        self.failures = self.runs = 0
        self.spent: dict[str, float] = {}
        """Processor time by process, and that of `those who ask`."""
        self.wall = 0.0
        self.grown: list[float] = []
        """Bytes that each app has grown by."""

    def come(self, sessions: int, reruns: int, think: float, elsewhere: str = "") -> None:
        """Once more so many to each app, and meanwhile as many to the app at another address, of whom nothing is kept."""
        spent, held, start = _spent(self.site), self._held(), time.monotonic()
        given = (sessions, reruns, think)
        asking = [self._askers.submit(_ask, self.site.url, self.site.authority, letter, *given) for letter in self.letters]
        strangers = [self._askers.submit(_ask, elsewhere, self.site.authority, "C", *given)] if elsewhere else []
        asked = [one.result() for one in asking]
        for stranger in strangers:
            stranger.result()
        self.wall += time.monotonic() - start
        self.grown += [now - before for now, before in zip(self._held(), held, strict=True)]
        self.seconds += [seconds for one in asked for seconds in one.seconds]
        self.failures += sum(one.failures for one in asked)
        self.runs += len(self.letters) * sessions * (1 + reruns)
        taken = {name: now - spent[name] for name, now in _spent(self.site).items()}
        for name, seconds in {**taken, "those who ask": sum(one.processor for one in asked)}.items():
            self.spent[name] = self.spent.get(name, 0.0) + seconds

    def _held(self) -> list[int]:
        return [psutil.Process(self.site.processes[letter].pid).memory_info().rss for letter in self.letters]


def _spent(site: Site) -> Mapping[str, float]:
    """Seconds of a core that each process and its children have taken."""
    return {name: _with_children(process.pid) for name, process in site.processes.items()}


def _with_children(pid: int) -> float:
    process = psutil.Process(pid)
    return sum(sum(one.cpu_times()[:2]) for one in (process, *process.children(recursive=True)))


def _compared(site: Site) -> tuple[Crowd, Crowd, Crowd]:
    """A hundred on one app; two hundred on two; a hundred on one while another hundred are on an app that is not of the site."""
    with ours() as elsewhere, ProcessPoolExecutor(2, get_context("spawn")) as askers:
        one, two, disturbed = Crowd(site, "A", askers), Crowd(site, "AC", askers), Crowd(site, "A", askers)
        Crowd(site, "AC", askers).come(1, 80, 0.0, elsewhere)  # what a class looks at is in the caches after its first students
        for _ in range(ROUNDS):
            one.come(SESSIONS, RERUNS, THINK)
            two.come(SESSIONS, RERUNS, THINK)
            disturbed.come(SESSIONS, RERUNS, THINK, elsewhere)
    return one, two, disturbed


def rows() -> Iterator[Row | Amount]:
    with TemporaryDirectory() as folder, whole_site(Path(folder)) as site:
        one, two, disturbed = _compared(site)
    for what, of in (("median", median), ("p95", p95)):
        found, reach = of(two.seconds), "≤ 1" if what == "p95" else ""
        for other, name in ((one, f"{SESSIONS} on one"), (disturbed, f"{SESSIONS} on one, {SESSIONS} on a stranger")):
            theirs = of(other.seconds)
            yield Row(f"{2 * SESSIONS} sessions on two apps, rerun {what}", found, name, theirs, found / theirs, reach)
    for crowd, name in ((one, f"{SESSIONS} on one"), (two, f"{2 * SESSIONS} on two")):
        apps = sum(crowd.spent[letter] for letter in crowd.letters)
        yield Amount(f"{name}: a page costs the app", f"{1e3 * apps / crowd.runs:.1f} ms", "of a core")
        yield Amount(f"{name}: a page costs nginx", f"{1e3 * crowd.spent['nginx'] / crowd.runs:.1f} ms", "of a core")
        busy = sum(crowd.spent.values()) / crowd.wall
        asking = crowd.spent["those who ask"] / crowd.wall
        yield Amount(f"{name}: cores taken", f"{busy:.2f}", f"{asking:.2f} of them by those who ask; {crowd.failures} failures")
    yield Amount("memory that a session leaves behind, at most", f"{one.grown[0] / SESSIONS / 1024:.0f} KiB", "the first hundred")
