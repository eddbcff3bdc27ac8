"""A scheduler or a worker as a process of its own: `python -m resnet_viz.jobs.cluster scheduler` or `… worker ADDRESS`.

The process says its address on its first line and ends when its standard input does: with the app, also when that is killed.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from typing import Any

_SETTINGS: dict[str, Any] = {
    "distributed.scheduler.allowed-failures": 20,  # a killed worker is no fault of the task
    "distributed.admin.low-level-log-length": 2_000,  # events kept for an app that was away
    "distributed.comm.timeouts.connect": "5s",
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.terminate": False,
}


def start(*arguments: str, **environment: str) -> subprocess.Popen[str]:
    """Start one such process, with these variables in its environment. `address_of` waits until it is up."""
    return subprocess.Popen(
        [sys.executable, "-m", "resnet_viz.jobs.cluster", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", **environment},
        start_new_session=True,  # Ctrl + C is for the app, which then closes our standard input
    )


def address_of(process: subprocess.Popen[str]) -> str:
    """Where a started process listens. Raises `RuntimeError` when it does not come up."""
    assert process.stdout
    address = process.stdout.readline().strip()
    if not address.startswith("tcp://"):
        process.kill()
        raise RuntimeError(f"a process of the training cluster did not start (exit code {process.wait()})")
    return address


def close_pipes(process: subprocess.Popen[str]) -> None:
    """What is left of a process that has ended."""
    for pipe in (process.stdin, process.stdout):
        if pipe:
            with contextlib.suppress(BrokenPipeError):
                pipe.close()


def end(processes: Sequence[subprocess.Popen[str]]) -> None:
    """End processes and wait until they have."""
    for process in processes:
        if process.stdin:
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
    for process in processes:
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        close_pipes(process)


async def _until_alone() -> None:
    """Returns once the other end of standard input is gone."""
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


async def _scheduler() -> None:
    from distributed import Scheduler

    async with Scheduler(host="127.0.0.1", port=0, dashboard=False, dashboard_address=None) as scheduler:
        print(scheduler.address, flush=True)
        await _until_alone()


async def _worker(address: str) -> None:
    import torch
    from distributed import Worker

    import resnet_viz.jobs.task  # noqa: F401  # before the first run asks for it

    torch.set_num_threads(1)
    async with Worker(
        address, nthreads=1, memory_limit=0, dashboard=False, local_directory=tempfile.gettempdir(), death_timeout="30s"
    ) as worker:
        print(worker.address, flush=True)
        alone = asyncio.ensure_future(_until_alone())
        finished = asyncio.ensure_future(worker.finished())
        await asyncio.wait({alone, finished}, return_when=asyncio.FIRST_COMPLETED)


def main() -> None:
    """The command line."""
    import dask

    dask.config.set(_SETTINGS)
    role, *rest = sys.argv[1:]
    asyncio.run(_scheduler() if role == "scheduler" else _worker(*rest))
    os._exit(0)  # a thread that reads standard input would keep the process


if __name__ == "__main__":
    main()
