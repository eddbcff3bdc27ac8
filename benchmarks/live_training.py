"""A class that watches a pair of depth 56 train: how old a point is when it arrives, and what of the machine watching takes.

Server, workers and all listeners are on this one machine, so the listeners' own work slows the training too.
"""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from benchmarks import Amount
from benchmarks.live_channel import ask, get, listening_server
from resnet_viz.jobs.run_state import key_of
from resnet_viz.jobs.task import TOPIC
from resnet_viz.studies.race import network
from resnet_viz.training.experiment import Experiment
from resnet_viz.training.records import StepRecord

PAIR = (Experiment(network(56, plain=True), steps=2_000), Experiment(network(56), steps=2_000))
SECONDS = 10.0

_SERVER = """
import resource, sys, tempfile
from contextlib import asynccontextmanager
from pathlib import Path
import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route
from resnet_viz.jobs.engine import Engine
from resnet_viz.jobs.store import Store
from resnet_viz.training.experiment import Experiment
from resnet_viz.ui.live.hub import Hub
from resnet_viz.ui.live.route import live_route
from resnet_viz.ui.live.runs import tell_of

folder = tempfile.TemporaryDirectory()
hub, engine = Hub(), Engine(Store(Path(folder.name) / "lab.sqlite"))
tell_of(engine, hub)
engine.prepare()

async def train(request):
    keys = [engine.ask(Experiment.parse(text)) for text in request.query_params["runs"].split("!")]
    return JSONResponse(keys)

async def seats(request):
    tokens = [hub.take_seat("", "") for _ in range(int(request.query_params["count"]))]
    for token in tokens:
        hub.follow(token, [f"run:{key}" for key in request.query_params["keys"].split("!")])
    return JSONResponse(tokens)

async def state(request):
    used = resource.getrusage(resource.RUSAGE_SELF)
    keys = request.query_params["keys"].split("!")
    for key in keys:
        engine.view(key)
    steps = sum(len(engine.history(key)) for key in keys)
    return JSONResponse([used.ru_utime + used.ru_stime, steps, engine.keeper.connection.address])

@asynccontextmanager
async def lifespan(_app):
    yield
    engine.close()

routes = [live_route(hub), Route("/train", train), Route("/seats", seats), Route("/state", state)]
app = Starlette(routes=routes, lifespan=lifespan)
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
"""


class Window(NamedTuple):
    """What happened in some seconds."""

    seconds: float
    core: float
    """Share of a core that the server took."""
    speed: float
    """Steps a second."""
    ages: list[float]
    """Seconds from a point's step to its arrival, of all points of all listeners."""
    messages: int


class Made:
    """When each step was made, by (key, step): a worker tells of several at once, and each says how long it took."""

    def __init__(self) -> None:
        self.at: dict[tuple[str, int], float] = {}

    def hear(self, event: tuple[float, dict[str, Any]]) -> None:
        at, message = event
        if message.get("kind") != "steps":
            return
        for record in map(StepRecord.from_json, reversed(message["records"])):
            self.at[message["key"], record.step] = at
            at -= PAIR[0].batch / record.rate


async def listen(port: int, token: str, until: float, heard: list[tuple[float, str, int, int]]) -> None:
    """Note (time, key, steps before, steps after) of every message."""
    reader, writer = await get(port, f"/live/{token}")
    with suppress(TimeoutError):
        async with asyncio.timeout_at(until):
            while True:
                line = await reader.readline()
                if line.startswith(b'data: ["run:'):
                    topic, news = json.loads(line[5:])[:2]
                    if isinstance(news, str):  # the topics that are followed
                        continue
                    count = len(base64.b64decode(news["columns"]["error"])) // 4
                    heard.append((time.time(), topic[4:], news["from"], news["from"] + count))
    writer.close()


async def window(port: int, keys: list[str], count: int, made: Made) -> Window:
    joined = "!".join(keys)
    tokens: Any = await ask(port, f"/seats?count={count}&keys={joined}") if count else []
    core, steps, _ = await ask(port, f"/state?keys={joined}")  # type: ignore[misc]
    start, began = time.monotonic(), time.time()
    until = asyncio.get_running_loop().time() + SECONDS
    heard: list[tuple[float, str, int, int]] = []
    await asyncio.gather(asyncio.sleep(SECONDS), *(listen(port, token, until, heard) for token in tokens))
    core_after, steps_after, _ = await ask(port, f"/state?keys={joined}")  # type: ignore[misc]
    took = time.monotonic() - start
    ages = [
        at - made.at[key, step]
        for at, key, before, after in heard
        for step in range(before + 1, after + 1)
        if made.at.get((key, step), 0) > began
    ]
    return Window(took, (core_after - core) / took, (steps_after - steps) / took, ages, len(heard))


async def windows(port: int) -> Iterator[tuple[int, Window]]:
    from distributed import Client

    made = Made()
    keys: Any = await ask(port, f"/train?runs={'!'.join(map(str, PAIR))}")
    assert keys == [key_of(run) for run in PAIR]
    while (now := await ask(port, f"/state?keys={'!'.join(keys)}"))[1] < 10:  # type: ignore[index]
        await asyncio.sleep(0.2)
    async with Client(now[2], asynchronous=True, set_as_default=False) as client:  # type: ignore[index]
        client.subscribe_topic(TOPIC, made.hear)
        return iter([(count, await window(port, keys, count, made)) for count in (0, 100, 0, 300, 0)])


def rows() -> Iterator[Amount]:
    with listening_server(_SERVER) as port:
        found = list(asyncio.run(windows(port)))
    quiet = [each for count, each in found if not count]
    core, speed = (sum(values) / len(quiet) for values in ([each.core for each in quiet], [each.speed for each in quiet]))
    yield Amount("nobody listens: steps a second of the pair", f"{speed:.1f}", "")
    yield Amount("nobody listens: the server's share of a core", f"{core:.3f}", "")
    for count, each in found:
        if count:
            late = sorted(each.ages)[int(len(each.ages) * 0.95)]
            rate = each.messages / count / each.seconds
            reach = {100: ("at most 0.10", "at most 10 %"), 300: ("at most 0.20", "")}[count]
            yield Amount(f"{count} listeners: age of a point, p95", f"{late * 1e3:.0f} ms", "of 100 at most 200 ms")
            yield Amount(f"{count} listeners: messages a second each", f"{rate:.1f}", "at least 5")
            yield Amount(f"{count} listeners: share of a core besides", f"{each.core - core:.3f}", reach[0])
            yield Amount(f"{count} listeners: the training is slower by", f"{1 - each.speed / speed:.0%}", reach[1])
