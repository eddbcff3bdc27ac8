"""A class that watches: thirty sessions ask for the same four runs, and an app that has shown a hundred."""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psutil
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect

from benchmarks import Amount
from benchmarks._server import ours
from resnet_viz.jobs.changes import FINISHED
from resnet_viz.jobs.engine import Engine, key_of
from resnet_viz.jobs.store import Store
from resnet_viz.studies.race import network
from resnet_viz.text import lesson
from resnet_viz.training.experiment import Experiment
from resnet_viz.ui.kit import run_summary

SESSIONS = 30
RUNS = tuple(Experiment(network(depth, plain=plain), steps=120, seed=7) for depth in (20, 32) for plain in (True, False))
MANY = 100


class Watcher:
    """One session on the degradation page: opens its link, presses with all others, then looks when its browser would."""

    def __init__(self, url: str) -> None:
        self.url, self.page, self.fragment, self.interval, self.button = url, "", "", 0.0, ""
        self.seen: dict[str, float] = {}
        """Run to the moment at which this session was first told of a point."""

    def _request(self, press: bool) -> bytes:
        message = BackMsg()
        run = message.rerun_script
        run.query_string = f"lang=en&runs={'!'.join(map(str, RUNS))}"
        if self.page:
            run.page_script_hash = self.page
        else:
            run.page_name = "degradation"
        if press:
            run.widget_states.widgets.add(id=self.button, trigger_value=True)
        elif self.fragment:
            run.fragment_id, run.is_auto_rerun = self.fragment, True
        run.context_info.locale, run.context_info.url = "en-US", self.url
        return message.SerializeToString()

    async def watch(self, all_here: asyncio.Barrier) -> None:
        host = urlsplit(self.url).netloc
        async with connect(f"ws://{host}/_stcore/stream", subprotocols=["streamlit"], max_size=None, origin=self.url) as socket:  # type: ignore[list-item, arg-type]
            await self._run(socket)
            await all_here.wait()
            await self._run(socket, press=True)
            while len(self.seen) < len(RUNS):
                started = time.monotonic()
                await self._run(socket)
                await asyncio.sleep(max(0.0, self.interval - (time.monotonic() - started)))

    async def _run(self, socket: object, *, press: bool = False) -> None:
        await socket.send(self._request(press))  # type: ignore[attr-defined]
        while True:
            message = ForwardMsg()
            message.ParseFromString(await socket.recv())  # type: ignore[attr-defined]
            kind = message.WhichOneof("type")
            if kind == "navigation":
                self.page = message.navigation.page_script_hash
            if kind == "auto_rerun":
                self.fragment, self.interval = message.auto_rerun.fragment_id, message.auto_rerun.interval
            if kind == "delta" and message.delta.new_element.WhichOneof("type") == "markdown":
                self._told(message.delta.new_element.markdown.body)
            if kind == "delta" and message.delta.new_element.button.id.endswith("w_train_all"):
                self.button = message.delta.new_element.button.id
            if kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return

    def _told(self, body: str) -> None:
        """`**plain-20 · seed 7** · step 12 of 120 …`, or several that are done."""
        for name in re.findall(r"\*\*(.+?)\*\* (?:· step|done|test error)", body):
            self.seen.setdefault(name, time.time())


async def _class(url: str, store: Store) -> tuple[list[Watcher], dict[str, float]]:
    """The watchers, and when each run's first point reached the store."""
    there: dict[str, float] = {}
    watchers, all_here = [Watcher(url) for _ in range(SESSIONS)], asyncio.Barrier(SESSIONS)

    async def note() -> None:
        while len(there) < len(RUNS):
            for run, name in zip(RUNS, run_summary.names(RUNS, lesson("degradation")), strict=True):
                if name not in there and store.steps(key_of(run)):
                    there[name] = time.time()
            await asyncio.sleep(0.01)

    await asyncio.wait_for(asyncio.gather(note(), *(watcher.watch(all_here) for watcher in watchers)), 240)
    return watchers, there


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
    with tempfile.TemporaryDirectory() as home:
        os.environ["RESNET_VIZ_HOME"] = home
        with ours() as url:
            watchers, there = asyncio.run(_class(url, Store(Path(home) / "lab.sqlite")))
            waits = sorted(watcher.seen[name] - there[name] for watcher in watchers for name in there)
            trained = len(Store(Path(home) / "lab.sqlite").recent(100))
        del os.environ["RESNET_VIZ_HOME"]
    yield Amount(f"{SESSIONS} sessions asked for {len(RUNS)} runs: trainings", str(trained), str(len(RUNS)))
    p95 = waits[int(0.95 * (len(waits) - 1))]
    yield Amount("a run's first point, until a session is told, p95", f"{p95:.2f} s", f"≤ 2 s; longest {waits[-1]:.2f} s")
    yield from _memory()
