"""Schedulers and workers as processes of their own, which listen on this machine only unless they are told otherwise.

    python -m resnet_viz.jobs.cluster scheduler [ADDRESS]
    python -m resnet_viz.jobs.cluster worker ADDRESS

The process says its address on its standard output and ends when its standard input does: with the app, also when that is killed.
Where the environment names certificates (see `scheduler_address`), all of them talk through TLS.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from resnet_viz.jobs.scheduler_address import certificates, check_address, is_loopback

log = logging.getLogger(__name__)

START_WITHIN = 60.0
"""Seconds in which a process has to say its address. Importing torch on a busy machine takes ten."""
LINES, LINE = 20, 500
"""Lines kept of what a process writes, and characters of each."""
WORKER_BYTES = 600 * 2**20
"""What a worker takes once torch is loaded and a network of a lesson trains."""
APP_BYTES = 1200 * 2**20
"""What the app itself takes."""
MOST_WORKERS = 64
"""More than one app's queue is for."""
SCRATCH = "resnet-viz-cluster-"
THREADS, TRAINING, MEASURING = 2, {"training": 1.0}, {"measuring": 1.0}
"""What a worker has. A run takes the one resource, a measurement the other: no worker does two of a kind at once, and neither
kind waits for the other. Two measurements on one core would have their first figure in twice the time."""
_ADDRESS = "listens at "
_SETTINGS: dict[str, Any] = {  # Dask ignores a name that it does not know: a test holds them to its own
    "distributed.scheduler.allowed-failures": 20,  # a killed worker is no fault of the task
    "distributed.admin.low-level-log-length": 2_000,  # events kept for an app that was away
    "distributed.admin.tick.interval": "500ms",  # with these three as they are, an idle cluster takes a sixteenth of a core
    "distributed.admin.system-monitor.interval": "5s",
    "distributed.worker.profile.enabled": False,
    "distributed.comm.timeouts.connect": "5s",
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.terminate": False,
}


def worker_count(*, cores: int | None = None, memory: int | None = None) -> int:
    """Workers for this machine, or for the container with these limits: one a core, as far as the memory (bytes) goes.

    `RESNET_VIZ_WORKERS` says another number. Raises `ValueError` where that is none.
    """
    if asked := os.environ.get("RESNET_VIZ_WORKERS"):
        if not asked.isdecimal() or not 1 <= int(asked) <= MOST_WORKERS:
            raise ValueError(f"RESNET_VIZ_WORKERS must be a number from 1 to {MOST_WORKERS}, got {asked!r}")
        return int(asked)
    from dask.system import cpu_count
    from distributed.system import memory_limit

    room = (memory_limit() if memory is None else memory) - APP_BYTES
    return max(1, min(cpu_count() if cores is None else cores, room // WORKER_BYTES))


class Process(subprocess.Popen[str]):
    """A scheduler or a worker. Its address and its last words are read as they come; nothing here waits."""

    def __init__(self, command: Sequence[str], environment: dict[str, str]) -> None:
        self.address = ""
        """Where it listens; empty until it does."""
        self.last_words: deque[str] = deque(maxlen=LINES)
        self.scratch = tempfile.mkdtemp(prefix=f"{SCRATCH}{os.getpid()}-")
        self.deadline = time.monotonic() + START_WITHIN
        self._settled = threading.Event()
        self._reported = False
        try:
            super().__init__(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                env={**os.environ, "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", **environment, "TMPDIR": self.scratch},
                start_new_session=True,  # Ctrl + C is for the app, which then closes our standard input
            )
        except BaseException:
            shutil.rmtree(self.scratch, ignore_errors=True)
            raise
        self._reader = threading.Thread(target=self._read, name=f"output of {self.pid}", daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.stdout
        with contextlib.suppress(ValueError):  # closed
            while line := self.stdout.readline(LINE):
                if line.startswith(_ADDRESS) and not self.address:
                    self.address = line.removeprefix(_ADDRESS).strip()
                    self._settled.set()
                elif line.strip():
                    self.last_words.append(line.rstrip())
        self._settled.set()

    def is_up(self) -> bool:
        """Whether it listens, without waiting. Raises `RuntimeError` when it has ended, or is late, and is killed then."""
        code = self.poll()
        if code is None and not self.address and time.monotonic() > self.deadline:
            self.kill()
            self.wait()
            raise RuntimeError(self._failure(f"has not started within {START_WITHIN:.0f} seconds"))
        if code is not None:
            raise RuntimeError(self._failure(f"ended with exit code {code}"))
        return bool(self.address)

    def wait_until_up(self) -> str:
        """Its address. Raises `RuntimeError` as `is_up` does."""
        while not self.is_up():
            self._settled.wait(min(1.0, max(0.0, self.deadline - time.monotonic())))
            if self._settled.is_set() and not self.address:
                with contextlib.suppress(subprocess.TimeoutExpired):  # its output has ended, and so will it
                    self.wait(1)
        return self.address

    def _failure(self, what: str) -> str:
        self._reader.join(1)
        if not self._reported:
            log.warning("process %d of the training cluster %s\n%s", self.pid, what, "\n".join(self.last_words))
        self._reported = True
        return f"a process of the training cluster {what}{f': {self.last_words[-1]}' if self.last_words else ''}"

    def clear_up(self) -> None:
        """After it has ended: close its pipes, remove its files, and log what it said where it did not end well."""
        if self.returncode and self.address:
            self._failure(f"ended with exit code {self.returncode}")
        if self.stdin:
            with contextlib.suppress(BrokenPipeError):
                self.stdin.close()
        self._reader.join(1)  # else closing would wait for what it reads
        if self.stdout and not self._reader.is_alive():
            self.stdout.close()
        shutil.rmtree(self.scratch, ignore_errors=True)


def start(*arguments: str, **environment: str) -> Process:
    """Start one such process, with these variables in its environment. `Process.is_up` says when it is there."""
    remove_leftovers()
    return Process([sys.executable, "-m", "resnet_viz.jobs.cluster", *arguments], environment)


def address_of(process: Process) -> str:
    """Where a started process listens, waiting for it. Raises `RuntimeError` when it does not come up in time."""
    return process.wait_until_up()


def end(processes: Sequence[Process]) -> None:
    """End processes and wait until they have; those that do not within five seconds are killed."""
    for process in processes:
        if process.stdin:
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
    deadline = time.monotonic() + 5
    for process in processes:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.clear_up()


class Cluster:
    """A scheduler and `count` workers of our own. Only `close` waits."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.processes: list[Process] = []
        """The scheduler, and then the workers."""

    def tend(self) -> str:
        """Start what is missing; the scheduler's address, empty until it listens. To be called again and again.

        Raises `RuntimeError` for a process that did not come up; the next call starts another.
        """
        if self.processes and self.processes[0].address and self.processes[0].poll() is not None:
            self.close()  # without their scheduler the workers are of no use
        if not self.processes:
            self.processes = [start("scheduler")]
        scheduler = self.processes[0]
        try:
            if not scheduler.is_up():
                return ""
        except RuntimeError:
            self.close()
            raise
        for worker in self.processes[1:]:
            try:
                worker.is_up()
            except RuntimeError:
                self.processes.remove(worker)
                worker.clear_up()
                if not worker.address:
                    raise
        while len(self.processes) < 1 + self.count:  # one by one: where the next cannot be started, those before it are ours
            self.processes.append(start("worker", scheduler.address))
        return scheduler.address

    def close(self) -> None:
        """End the processes."""
        end(self.processes)
        self.processes = []


def remove_leftovers() -> None:
    """Remove the folders of clusters whose app was killed together with them."""
    for folder in Path(tempfile.gettempdir()).glob(f"{SCRATCH}*-*"):
        app = folder.name.removeprefix(SCRATCH).partition("-")[0]
        if app.isdigit() and not _is_alive(int(app)):
            shutil.rmtree(folder, ignore_errors=True)


def _is_alive(pid: int) -> bool:
    if os.name != "posix":
        return True  # where asking would end it
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


# In the process itself


async def _until_alone() -> None:
    """Returns once the other end of standard input is gone."""
    alone, loop = asyncio.Event(), asyncio.get_running_loop()

    def read() -> None:
        sys.stdin.read()
        with contextlib.suppress(RuntimeError):  # the loop has ended already
            loop.call_soon_threadsafe(alone.set)

    threading.Thread(target=read, daemon=True).start()
    await alone.wait()


def _for_dask(host: str) -> str:
    return f"[{host}]" if ":" in host else host


async def _scheduler(address: str = "") -> None:
    from distributed import Scheduler

    found = certificates()
    parts = urlsplit(check_address(address) if address else f"{'tls' if found else 'tcp'}://127.0.0.1:0")
    async with Scheduler(
        host=_for_dask(parts.hostname or ""),
        port=parts.port or 0,
        protocol=parts.scheme,
        security=found.security() if found and parts.scheme == "tls" else None,
        dashboard=False,
        dashboard_address="127.0.0.1:0",
    ) as scheduler:
        print(_ADDRESS + scheduler.address, flush=True)
        await _until_alone()


async def _worker(address: str) -> None:
    import torch
    from distributed import Worker
    from distributed.utils import get_ip, get_ipv6

    import resnet_viz.jobs.task  # noqa: F401  # before the first run asks for it

    torch.set_num_threads(1)
    parts = urlsplit(check_address(address))
    there = parts.hostname or ""
    here = "127.0.0.1" if is_loopback(there) else get_ipv6(there) if ":" in there else get_ip(there)
    found = certificates()
    async with Worker(
        address,
        host=_for_dask(here),
        protocol=parts.scheme,
        security=found.security() if found and parts.scheme == "tls" else None,
        nthreads=THREADS,
        resources=TRAINING | MEASURING,
        memory_limit=0,
        dashboard=False,
        dashboard_address="127.0.0.1:0",
        local_directory=tempfile.gettempdir(),
        death_timeout="30s",
    ) as worker:
        print(_ADDRESS + worker.address, flush=True)
        alone = asyncio.ensure_future(_until_alone())
        finished = asyncio.ensure_future(worker.finished())
        await asyncio.wait({alone, finished}, return_when=asyncio.FIRST_COMPLETED)


def main() -> None:
    """The command line."""
    import dask

    dask.config.set(_SETTINGS)
    role, *rest = sys.argv[1:]
    code = 0
    try:
        asyncio.run(_scheduler(*rest) if role == "scheduler" else _worker(*rest))
    except KeyboardInterrupt:
        code = 130
    except ValueError as error:
        print(error, file=sys.stderr)
        code = 2
    except Exception:
        traceback.print_exc()
        code = 1
    if Path(tempfile.gettempdir()).name.startswith(SCRATCH):
        shutil.rmtree(tempfile.gettempdir(), ignore_errors=True)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # a thread that reads standard input would keep the process


if __name__ == "__main__":
    main()
