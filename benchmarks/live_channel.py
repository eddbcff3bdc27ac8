"""The live channel under a class: how late a point arrives, and what of a core the channel takes."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks import Amount

SECONDS, RATE = 10, 10.0
"""How long points come, and how many a second."""

_SERVER = """
import asyncio, json, resource, sys, time
import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route
from resnet_viz.ui.live.hub import Hub, News
from resnet_viz.ui.live.route import live_route

hub, points = Hub(), []

def since(_name, mark):
    had = int(mark or 0)
    return News(str(len(points)), json.dumps({"points": points[had:]})) if len(points) > had else None

async def feed():
    while True:
        await asyncio.sleep(1 / {rate})
        points.append(time.time())
        hub.changed("log:a")

async def seats(request):
    tokens = [hub.take_seat("", "") for _ in range(int(request.query_params["count"]))]
    for token in tokens:
        hub.follow(token, ["log:a"])
    return JSONResponse(tokens)

async def cpu(_request):
    used = resource.getrusage(resource.RUSAGE_SELF)
    return JSONResponse(used.ru_utime + used.ru_stime)

async def start():
    asyncio.ensure_future(feed())

hub.offer("log", since, lambda names, visitor: None)
app = Starlette(routes=[live_route(hub), Route("/seats", seats), Route("/cpu", cpu)])
config = uvicorn.Config(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")

async def main():
    await start()
    await uvicorn.Server(config).serve()

asyncio.run(main())
"""


async def get(port: int, path: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A request; the reader stands after the head of its answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
    await reader.readuntil(b"\r\n\r\n")
    return reader, writer


async def ask(port: int, path: str) -> object:
    reader, writer = await get(port, path)
    body = await reader.read()
    writer.close()
    return json.loads(body)


async def listen(port: int, token: str, until: float, late: list[float]) -> None:
    start = time.time()
    reader, writer = await get(port, f"/live/{token}")
    try:
        async with asyncio.timeout_at(until):
            while True:
                line = await reader.readline()
                if line.startswith(b'data: ["log:a",'):  # and not the list of what is followed
                    late += [time.time() - point for point in json.loads(line[5:])[1]["points"] if point > start]
    except TimeoutError:
        writer.close()


async def measure(port: int, count: int) -> tuple[float, float, float]:
    """(p95 of the delay in seconds, messages a second and listener, share of a core)."""
    tokens = await ask(port, f"/seats?count={count}")
    assert isinstance(tokens, list)
    late: list[float] = []
    before, start = await ask(port, "/cpu"), time.monotonic()
    until = asyncio.get_running_loop().time() + SECONDS
    await asyncio.gather(*(listen(port, token, until, late) for token in tokens))
    used, took = float(str(await ask(port, "/cpu"))) - float(str(before)), time.monotonic() - start
    return sorted(late)[int(len(late) * 0.95)], len(late) / count / took, used / took


@contextmanager
def listening_server(program: str, **environment: str) -> Iterator[int]:
    """A program that serves on the port of its argument, once it answers; the port. At the end it is killed, not waited for."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, max(4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1])))
    server = subprocess.Popen([sys.executable, "-c", program, str(port)], env={**os.environ, **environment})
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                if server.poll() is not None:
                    raise
                time.sleep(0.05)
        yield port
    finally:
        server.kill()
        server.wait(20)


def rows() -> Iterator[Amount]:
    with listening_server(_SERVER.replace("{rate}", str(RATE))) as port:
        for count, most in ((100, "0.10"), (300, "0.20")):
            delay, rate, share = asyncio.run(measure(port, count))
            yield Amount(f"{count} listeners: a point arrives after, p95", f"{delay * 1e3:.0f} ms", "at most 200 ms")
            yield Amount(f"{count} listeners: points a second each", f"{rate:.1f}", f"at least 5; there are {RATE:.0f}")
            yield Amount(f"{count} listeners: the channel's share of a core", f"{share:.3f}", f"at most {most}")
