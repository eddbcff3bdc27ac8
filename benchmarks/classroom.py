"""A class that trains: thirty sessions ask for the same four runs at once, and an app that has shown a hundred.

What watching them costs, `live_training` and `live_channel` measure.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import tempfile
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import psutil
from distributed import Client

from benchmarks import Amount, p95
from benchmarks._server import ROOT, serving, wait_for
from benchmarks.session import Session, press_of
from resnet_viz.jobs.changes import FINISHED
from resnet_viz.jobs.engine import Engine, key_of
from resnet_viz.jobs.store import Store
from resnet_viz.jobs.task import TOPIC
from resnet_viz.studies.race import network
from resnet_viz.training.experiment import Experiment
from resnet_viz.ui.kit.visitor import COOKIE

SESSIONS = 30
RUNS = tuple(Experiment(network(depth, plain=plain), steps=120, seed=7) for depth in (20, 32) for plain in (True, False))
MANY = 100


async def _class(url: str, store: Store) -> list[float]:
    """Everybody opens the same link and presses at the same moment; the seconds that each page took to answer."""
    async with AsyncExitStack() as open_sockets:
        sessions = [Session(url, "degradation", cache=True, cookie=f"{COOKIE}={secrets.token_hex(16)}") for _ in range(SESSIONS)]
        presses = []
        for session in sessions:
            await open_sockets.enter_async_context(session.connected())
            shown = await session.run(f"lang=en&runs={'!'.join(map(str, RUNS))}")
            presses.append(press_of(shown.buttons["w_train_all"]))
        pressed = [session.run(widgets=[press]) for session, press in zip(sessions, presses, strict=True)]
        answers = await asyncio.gather(*pressed)
        while not all((run := store.run(key_of(each))) and run.status in FINISHED for each in RUNS):
            await asyncio.sleep(0.1)
    return [answer.seconds for answer in answers]


def _begun(client: Client) -> int:
    """How often a worker has begun one of the runs, as it tells everybody who listens."""
    told: list[dict[str, Any]] = [message for _, message in client.get_events(TOPIC)]
    keys = {key_of(run) for run in RUNS}
    return sum(message.get("kind") == "running" and message["step"] == 0 and message["key"] in keys for message in told)


def _press_together() -> Iterator[Amount]:
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(Store(Path(folder) / "own.sqlite"))  # for its scheduler, where one hears what workers do
        try:
            engine.prepare()
            while not (address := engine.keeper.connection.address):
                time.sleep(0.05)
            variables = {"RESNET_VIZ_HOME": folder, "RESNET_VIZ_SCHEDULER": address}
            with serving(ROOT / "app.py", ROOT, **variables) as url, Client(address, set_as_default=False) as client:
                wait_for(f"{url}/readyz")
                seconds = asyncio.run(_class(url, Store(Path(folder) / "lab.sqlite")))
                begun = _begun(client)
        finally:
            engine.close()
    yield Amount(f"{SESSIONS} sessions ask for {len(RUNS)} runs at once: trainings", str(begun), str(len(RUNS)))
    yield Amount("the page's answer to the press, p95", f"{p95(seconds):.2f} s", "")


def _memory() -> Iterator[Amount]:
    process = psutil.Process(os.getpid())
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(Store(Path(folder) / "lab.sqlite"))
        sizes = []
        try:
            for n in range(MANY):
                run = Experiment(network(8), steps=20, seed=n)
                key = engine.ask(run)
                while not ((view := engine.view(key)) and view.run.status in FINISHED):
                    time.sleep(0.02)
                engine.history(key)
                sizes.append(process.memory_info().rss / 2**20)
        finally:
            engine.close()
    half = MANY // 2
    yield Amount(
        f"memory of the app's process, run {half} to {MANY}",
        f"{sizes[-1] - sizes[half - 1]:+.1f} MiB",
        f"flat; {sizes[0]:.0f} MiB after the first, {sizes[-1]:.0f} after the last",
    )


def rows() -> Iterator[Amount]:
    yield from _press_together()
    yield from _memory()
