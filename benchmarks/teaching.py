"""A class of a hundred: how soon the teacher sees the last vote, how soon all are told where the teacher is, and what is kept."""

from __future__ import annotations

import asyncio
import json
import os
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import psutil

from benchmarks import Amount
from benchmarks._server import ours
from benchmarks._together import bring_everybody
from benchmarks.course import warm
from benchmarks.live_channel import ask, get, listening_server
from resnet_viz.ui.classroom.class_file import ClassFile
from resnet_viz.ui.classroom.poll import Poll
from resnet_viz.ui.classroom.register import Register

STUDENTS, SECONDS = 100, 5.0
"""How many vote, and within which time."""
CLASSES = 10

_SERVER = """
import asyncio, os, sys, time
import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route
from resnet_viz.ui.classroom.here import classes
from resnet_viz.ui.classroom.poll import Poll
from resnet_viz.ui.live import CHANNEL
from resnet_viz.ui.live.route import live_route

register = classes()
found, key = register.open()
page, question = "block", "block.block"

async def seats(request):
    tokens = []
    for n in range(int(request.query_params["count"])):
        register.join(found.code, f"m{n}", page)
        tokens.append(CHANNEL.take_seat("", ""))
        CHANNEL.follow(tokens[-1], [f"class:{found.code}-{page}"])
    tokens.append(CHANNEL.take_seat("", ""))
    CHANNEL.follow(tokens[-1], [f"desk:{found.code}"])
    register.act(found.code, key, lambda now: now.with_poll(question, now.poll(question).asked()), page)
    return JSONResponse(tokens)

async def vote(request):
    member = request.query_params["member"]
    await asyncio.to_thread(register.vote, found.code, question, member, int(request.query_params["option"]))
    return JSONResponse(time.time())

async def bring(request):
    await asyncio.to_thread(register.act, found.code, key, lambda now: now.brought("why", "lang=en"))
    return JSONResponse(time.time())

routes = [live_route(CHANNEL), Route("/seats", seats), Route("/vote", vote), Route("/bring", bring)]
uvicorn.run(Starlette(routes=routes), host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
"""


async def listen(port: int, token: str, told: list[tuple[float, dict[str, object]]]) -> None:
    """Keep what is told through one place, and when it came."""
    reader, _ = await get(port, f"/live/{token}")
    while True:
        line = await reader.readline()
        if line.startswith(b"data: [") and b"{" in line:
            told.append((time.time(), json.loads(line[5:])[1]))


async def until(what: str, is_so: object) -> None:
    async with asyncio.timeout(60):
        while not is_so():  # type: ignore[operator]
            await asyncio.sleep(0.005)


async def measure(port: int) -> tuple[float, list[float]]:
    """(seconds from the last vote to the teacher's complete bars, seconds until each student is told where the teacher is)."""
    tokens = await ask(port, f"/seats?count={STUDENTS}")
    assert isinstance(tokens, list)
    heard: list[list[tuple[float, dict[str, object]]]] = [[] for _ in tokens]
    streams = [asyncio.ensure_future(listen(port, token, told)) for token, told in zip(tokens, heard, strict=True)]
    await until("all listen", lambda: all(heard))
    chance = random.Random(0)

    async def student(n: int) -> float:
        await asyncio.sleep(chance.uniform(0, SECONDS))
        return float(str(await ask(port, f"/vote?member=m{n}&option={n % 3}")))

    last = max(await asyncio.gather(*map(student, range(STUDENTS))))

    def complete() -> float:
        done = [at for at, said in heard[-1] if said["polls"]["block.block"]["answered"] == STUDENTS]  # type: ignore[index]
        return done[0] if done else 0.0

    await until("the bars are complete", complete)
    brought = float(str(await ask(port, "/bring")))
    await until("all know", lambda: all(told[-1][1]["view"][0] for told in heard[:-1]))  # type: ignore[index]
    arrived = [next(at for at, said in told if said["view"][0]) - brought for told in heard[:-1]]  # type: ignore[index]
    for stream in streams:
        stream.cancel()
    return complete() - last, arrived


def _memory() -> Iterator[Amount]:
    """Ten classes of a hundred, each opened, asked ten questions in two rounds, and closed."""
    process = psutil.Process(os.getpid())
    with tempfile.TemporaryDirectory() as folder:
        classes, sizes = Register(ClassFile(Path(folder) / "classes.sqlite")), []
        for _ in range(CLASSES + 1):
            found, key = classes.open()
            for n in range(STUDENTS):
                classes.join(found.code, f"m{n}", "block")
            for question in (f"block.q{i}" for i in range(10)):
                for _ in range(2):
                    classes.act(found.code, key, lambda now, q=question: now.with_poll(q, Poll.asked(now.poll(q))))  # type: ignore[misc]
                    for n in range(STUDENTS):
                        classes.vote(found.code, question, f"m{n}", n % 3)
            classes.write()
            classes.close_class(found.code, key)
            sizes.append(process.memory_info().rss / 2**20)
        classes.close()
        kept = sum(path.stat().st_size for path in Path(folder).iterdir()) / 1024
    yield Amount(
        f"memory over {CLASSES} classes of {STUDENTS}",
        f"{sizes[-1] - sizes[0]:+.1f} MiB",
        f"flat; {sizes[0]:.0f} MiB after the first",
    )
    yield Amount("the file once all are closed", f"{kept:.0f} kB", "")


def rows() -> Iterator[Amount]:
    with tempfile.TemporaryDirectory() as home, listening_server(_SERVER, RESNET_VIZ_HOME=home) as port:
        late, told = asyncio.run(measure(port))
        yield Amount(
            f"{STUDENTS} vote within {SECONDS:.0f} s: the teacher's bars are complete after",
            f"{late * 1e3:.0f} ms",
            "at most 300 ms",
        )
        yield Amount(f"bring everybody here: all {STUDENTS} are told after", f"{max(told) * 1e3:.0f} ms", "at most 1 s")
    with tempfile.TemporaryDirectory() as home, ours(home=home) as url:
        asyncio.run(warm(url))
        told, there = asyncio.run(bring_everybody(url, STUDENTS))
        yield Amount(f"bring everybody here, {STUDENTS} sessions: all are told after", f"{max(told) * 1e3:.0f} ms", "")
        given = f"{max(there) * 1e3:.0f} ms"
        yield Amount("  and the last has the whole page after", given, f"at most 1 s; median {median(there) * 1e3:.0f}")
    yield from _memory()
