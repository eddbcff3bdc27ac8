"""Thirty students on the Build page: real sessions over WebSockets, each changing its network every two seconds."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator, Sequence
from statistics import median
from urllib.parse import quote

from benchmarks import Row, p95
from benchmarks._server import ours
from benchmarks.session import Session
from resnet_viz import presets

SESSIONS, RERUNS, THINK = 30, 8, 2.0
SHOWN = [name for name in presets() if not name.startswith(("wide", "resnext101"))][:8]


class Student:
    """Opens Build, then asks again and again with another network in the link."""

    def __init__(self, session: Session, seed: int) -> None:
        self.session, self.chance = session, random.Random(seed)
        self.seconds: list[float] = []
        self.failures = 0

    async def study(self, reruns: int, think: float) -> None:
        async with self.session.connected():
            await self._look()
            for _ in range(reruns):
                await asyncio.sleep(think * self.chance.uniform(0.5, 1.5))
                self.seconds.append(await self._look())

    async def _look(self) -> float:
        net = self.chance.choice(SHOWN)
        run = await self.session.run(f"net={quote(net)}&lang=en&seed={self.chance.randrange(3)}")
        self.failures += len(run.failures)
        return run.seconds


async def study(sessions: Sequence[Session], reruns: int, think: float, seed: int = 0) -> list[Student]:
    """A student for each session; they come one after the other. Those of another seed choose otherwise, at other times."""
    students = [Student(session, n) for n, session in enumerate(sessions, seed)]

    async def come(n: int, student: Student) -> None:
        await asyncio.sleep(2 * think * n / len(students))
        await student.study(reruns, think)

    await asyncio.gather(*(come(n, student) for n, student in enumerate(students)))
    return students


async def _class(url: str, sessions: int, reruns: int, think: float) -> list[Student]:
    return await study([Session(url, "build", cache=True) for _ in range(sessions)], reruns, think)


def rows() -> Iterator[Row]:
    with ours() as url:
        asyncio.run(_class(url, 1, 30, 0.0))  # every network once: what a class looks at is in the cache after its first student
        students = asyncio.run(_class(url, SESSIONS, RERUNS, THINK))
    seconds = [s for student in students for s in student.seconds]
    late = p95(seconds)
    failures = sum(student.failures for student in students)
    yield Row(f"{SESSIONS} sessions on Build, rerun p95", late, "150 ms", 0.15, late / 0.15, "≤ 1")
    yield Row(f"{SESSIONS} sessions on Build, rerun median", median(seconds), "150 ms", 0.15, median(seconds) / 0.15, "")
    print(f"    {len(seconds)} reruns, {failures} failed")
