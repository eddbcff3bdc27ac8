"""Thirty students on the Build page: real sessions over WebSockets, each changing its network every two seconds."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator
from statistics import median
from urllib.parse import quote, urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect

from benchmarks import Row
from benchmarks._server import ours
from resnet_viz import presets

SESSIONS, RERUNS, THINK = 30, 8, 2.0
SHOWN = [name for name in presets() if not name.startswith(("wide", "resnext101"))][:8]


class Student:
    """One session: opens Build, then asks again and again with another network in its link."""

    def __init__(self, url: str, seed: int) -> None:
        self.url, self.chance = url, random.Random(seed)
        self.page_hash = ""
        self.known: set[str] = set()
        self.seconds: list[float] = []
        self.failures = 0

    def _request(self) -> bytes:
        message = BackMsg()
        run = message.rerun_script
        net = self.chance.choice(SHOWN)
        run.query_string = f"net={quote(net)}&lang=en&seed={self.chance.randrange(3)}"
        if self.page_hash:
            run.page_script_hash = self.page_hash
        else:
            run.page_name = "build"
        run.cached_message_hashes.extend(self.known)
        run.context_info.locale, run.context_info.url = "en-US", self.url
        return message.SerializeToString()

    async def study(self, reruns: int, think: float) -> None:
        host = urlsplit(self.url).netloc
        async with connect(f"ws://{host}/_stcore/stream", subprotocols=["streamlit"], max_size=None, origin=self.url) as socket:  # type: ignore[list-item, arg-type]
            await self._run(socket)
            for _ in range(reruns):
                await asyncio.sleep(think * self.chance.uniform(0.5, 1.5))
                self.seconds.append(await self._run(socket))

    async def _run(self, socket: object) -> float:
        start = time.perf_counter()
        await socket.send(self._request())  # type: ignore[attr-defined]
        while True:
            message = ForwardMsg()
            message.ParseFromString(await socket.recv())  # type: ignore[attr-defined]
            kind = message.WhichOneof("type")
            if message.hash and kind != "ref_hash" and message.metadata.cacheable:
                self.known.add(message.hash)
            if kind == "navigation":  # the session's first message names the main script, which would open Home
                self.page_hash = message.navigation.page_script_hash
            if kind == "delta" and message.delta.new_element.WhichOneof("type") == "exception":
                self.failures += 1
            if kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return time.perf_counter() - start


async def _class(url: str, sessions: int, reruns: int, think: float) -> list[Student]:
    students = [Student(url, n) for n in range(sessions)]

    async def come(n: int, student: Student) -> None:
        await asyncio.sleep(2 * think * n / sessions)
        await student.study(reruns, think)

    await asyncio.gather(*(come(n, student) for n, student in enumerate(students)))
    return students


def rows() -> Iterator[Row]:
    with ours() as url:
        asyncio.run(_class(url, 1, 30, 0.0))  # every network once: what a class looks at is in the cache after its first student
        students = asyncio.run(_class(url, SESSIONS, RERUNS, THINK))
    seconds = sorted(s for student in students for s in student.seconds)
    p95 = seconds[int(0.95 * (len(seconds) - 1))]
    failures = sum(student.failures for student in students)
    yield Row(f"{SESSIONS} sessions on Build, rerun p95", p95, "150 ms", 0.15, p95 / 0.15, "≤ 1")
    yield Row(f"{SESSIONS} sessions on Build, rerun median", median(seconds), "150 ms", 0.15, median(seconds) / 0.15, "")
    print(f"    {len(seconds)} reruns, {failures} failed")
