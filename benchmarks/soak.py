"""A hundred sessions wander over all pages for ten minutes while something breaks every minute.

`python -m benchmarks soak`; `RESNET_VIZ_SOAK=120` makes it so many seconds. A session that loses its connection comes back, as a
browser does. Printed are what the sessions were shown, how the memory went, and what was left behind at the end.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from urllib.parse import quote

import psutil
from websockets.exceptions import WebSocketException

from benchmarks import Amount
from benchmarks._server import ROOT, wait_for
from benchmarks.session import Session, press_of
from resnet_viz.studies.race import network
from resnet_viz.training.experiment import Experiment

SECONDS = float(os.environ.get("RESNET_VIZ_SOAK", "600"))
SESSIONS, THINK, TRAINERS = 100, 12.0, 12
LOOK_EVERY = 5.0
PAGES = {
    "": [""],
    "build": ["net=resnet18", "net=resnet50&size=96", "net=cifar_resnet56", "net=cifar_resnet110&unfold=layer1"],
    "activations": ["", "net=cifar_resnet20&pick=layer2.0", "net=photo_resnet18&pic=coffee&show=strip"],
    "degradation": ["", "board=shapes"],
    "gradients": ["", "lang=zh"],
    "why": ["panel=small", "panel=ensemble", "panel=surface", "panel=nested"],
    "block": ["", "step=3", "step=6&lang=zh"],
    "mixing": ["", "mix=edges", "lang=zh"],
    "transfer": ["", "set=photographs", "set=own"],
    "shortcuts": ["", "net=resnet50"],
    "bottleneck": ["", "lang=zh"],
    "claims": ["", "quiz=4", "claims=nothing"],
}


class App:
    """The app as a process, its home and its temporary folder of their own, so that what it leaves behind can be seen."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.environment = environment
        self.home, self.scratch, self.log = folder / "home", folder / "tmp", folder / "log.txt"
        self.home.mkdir()
        self.scratch.mkdir()
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.seen: set[int] = set()
        self.start()

    def start(self) -> None:
        own = {"RESNET_VIZ_HOME": str(self.home), "TMPDIR": str(self.scratch), **self.environment}
        options = ["--server.port", str(self.port), "--server.address", "127.0.0.1", "--server.headless", "true"]
        with self.log.open("a") as log:
            self.process = psutil.Popen(
                [sys.executable, "-m", "streamlit", "run", "app.py", *options],
                cwd=ROOT, env=os.environ | own, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
            )  # fmt: skip
        wait_for(f"{self.url}/readyz")

    def children(self, role: str = "") -> list[psutil.Process]:
        """Its scheduler, its workers, or all that it started."""
        found = []
        for process in self.process.children(recursive=True):
            try:
                self.seen.add(process.pid)
                if role in process.cmdline() or not role:
                    found.append(process)
            except psutil.Error:
                continue
        return found

    def memory(self) -> float:
        """MiB of the app's process."""
        return float(self.process.memory_info().rss / 2**20)

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        self.children()
        self.process.send_signal(how)
        self.process.wait(60)


# What breaks


def kill_worker(app: App) -> None:
    """A worker dies."""
    for worker in app.children("worker")[:1]:
        worker.kill()


def stop_worker(app: App) -> None:
    """A worker stands still for twenty seconds."""
    for worker in app.children("worker")[:1]:
        worker.suspend()
        time.sleep(20)
        worker.resume()


def kill_scheduler(app: App) -> None:
    """The scheduler dies."""
    for scheduler in app.children("scheduler"):
        scheduler.kill()


def remove_store(app: App) -> None:
    """Somebody empties the app's folder."""
    for path in app.home.glob("lab.sqlite*"):
        path.unlink()


def garble_store(app: App) -> None:
    """The store's file becomes something else."""
    for path in app.home.glob("lab.sqlite*"):
        path.write_bytes(b"no database " * 100)


def restart(app: App) -> None:
    """The app is killed and started again."""
    app.end(signal.SIGKILL)
    app.start()


FAULTS: tuple[Callable[[App], None], ...] = (
    kill_worker, stop_worker, kill_scheduler, kill_worker, remove_store, kill_scheduler, garble_store, kill_worker, restart,
)  # fmt: skip
"""One a minute of ten."""


# Who looks


@dataclass
class Seen:
    """What all sessions were shown together."""

    runs: int = 0
    seconds: list[float] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    reconnected: int = 0


async def _wander(app: App, seed: int, seen: Seen, until: float) -> None:
    """One session, from page to page."""
    chance = random.Random(seed)
    await asyncio.sleep(chance.uniform(0, THINK))
    trains = seed < TRAINERS
    while time.monotonic() < until:
        page = "degradation" if trains else chance.choice(list(PAGES))
        try:
            session = Session(app.url, page, cache=True)
            async with asyncio.timeout(120), session.connected():
                await _stay(session, page, chance, seen, until, trains=trains)
        except (OSError, WebSocketException, TimeoutError) as error:
            seen.reconnected += 1
            if isinstance(error, TimeoutError):
                seen.failures["no answer within two minutes"] += 1
            await asyncio.sleep(chance.uniform(1, 3))


async def _stay(session: Session, page: str, chance: random.Random, seen: Seen, until: float, *, trains: bool) -> None:
    runs = [Experiment(network(20, plain=plain), steps=600, seed=chance.randrange(4)) for plain in (True, False)]
    for n in range(5):
        if time.monotonic() > until:
            return
        query = f"runs={quote('!'.join(map(str, runs)))}" if trains else chance.choice(PAGES[page])
        run = await session.run(query)
        if trains and n == 0 and (button := run.buttons.get("w_train_all")):
            run = await session.run(query, [press_of(button)])
        seen.runs += 1
        seen.seconds.append(run.seconds)
        seen.failures.update(f"{page}: {error[:200]}" for error in run.failures)
        await asyncio.sleep(THINK * chance.uniform(0.5, 1.5))


async def _watch(app: App, until: float, memory: list[tuple[int, float]]) -> None:
    while time.monotonic() < until:
        try:
            app.children()
            memory.append((app.process.pid, app.memory()))
        except psutil.Error:
            pass  # it is being started again
        await asyncio.sleep(LOOK_EVERY)


async def _break(app: App, until: float) -> None:
    each = SECONDS / (len(FAULTS) + 1)
    for n, fault in enumerate(FAULTS, 1):
        await asyncio.sleep(max(0.0, until - SECONDS + n * each - time.monotonic()))
        print(f"    {SECONDS - (until - time.monotonic()):4.0f} s: {fault.__doc__}", flush=True)
        await asyncio.to_thread(fault, app)


async def _soak(app: App) -> tuple[Seen, list[tuple[int, float]]]:
    seen, memory, until = Seen(), [], time.monotonic() + SECONDS
    await asyncio.gather(_break(app, until), _watch(app, until, memory), *(_wander(app, n, seen, until) for n in range(SESSIONS)))
    return seen, memory


def _tracebacks(log: str) -> Iterator[str]:
    """Each traceback up to the line that names the exception."""
    for part in log.split("Traceback (most recent call last):\n")[1:]:
        lines = part.splitlines()
        last = next((n for n, line in enumerate(lines) if line and not line.startswith(" ")), 0)
        yield "\n".join(lines[: last + 1])


def rows() -> Iterator[Amount]:
    with tempfile.TemporaryDirectory() as folder:
        app = App(Path(folder))
        seen, memory = asyncio.run(_soak(app))
        app.end()
        deadline = time.monotonic() + 30
        while (left := [pid for pid in app.seen if psutil.pid_exists(pid)]) and time.monotonic() < deadline:
            time.sleep(0.5)
        scratch = sorted(str(path.relative_to(app.scratch)) for path in app.scratch.rglob("*"))
        kept = sorted(path.name for path in app.home.iterdir())
        log = app.log.read_text(errors="replace")
    first = memory[0][0]
    of_one = [mib for pid, mib in memory if pid == first]
    third = len(of_one) // 3
    early, late = median(of_one[third : 2 * third]), median(of_one[2 * third :])
    yield Amount(f"{SESSIONS} sessions, {SECONDS:.0f} s, {len(FAULTS)} faults: failures shown", str(seen.failures.total()), "0")
    for text, count in seen.failures.most_common(8):
        print(f"    {count} × {text}")
    p95 = sorted(seen.seconds)[int(0.95 * (len(seen.seconds) - 1))]
    yield Amount(f"{seen.runs} runs of pages, p95 (median)", f"{p95:.2f} s", f"({median(seen.seconds):.2f} s)")
    yield Amount("connections that had to be made again", str(seen.reconnected), "at the restart")
    yield Amount(
        "memory, second to last third before the restart", f"{late / early - 1:+.1%}", f"± 5 %; {early:.0f} → {late:.0f} MiB"
    )
    yield Amount("processes left", str(len(left)), "0")
    yield Amount("files left in the temporary folder", str(len(scratch)), "0")
    ends = Counter(block.strip().splitlines()[-1][:200] for block in _tracebacks(log))
    yield Amount("the app's log", f"{len(log) / 1024:.0f} KiB", f"{ends.total()} tracebacks")
    for text, count in ends.most_common(12):
        print(f"    {count} × {text}")
    print(f"    temporary: {scratch[:8]}; home: {kept}")
