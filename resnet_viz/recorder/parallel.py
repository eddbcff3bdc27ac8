"""Several runs side by side: a process a core or a GPU, on a Dask cluster of our own or on one that is there already.

A killed process loses nothing: another takes its run up from the last checkpoint. A cluster of several machines needs the folders
on a shared disk, and processors of one kind.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from resnet_viz.jobs import cluster
from resnet_viz.jobs.scheduler_address import check_address, security
from resnet_viz.recorder.recording import record
from resnet_viz.recorder.tasks import Task, Tell, finished


def in_turn(tasks: Sequence[Task], tell: Tell) -> Iterator[tuple[str, str]]:
    """Record in this process, one after the other: (name, what went wrong or nothing) of each as it ends."""
    for task in tasks:
        yield task.job.name, _attempt(task, tell)


def side_by_side(tasks: Sequence[Task], tell: Tell, *, workers: int = 1, address: str = "") -> Iterator[tuple[str, str]]:
    """The same on the scheduler at `address`, or on `workers` processes of our own, each on one of the tasks' GPUs if any."""
    from distributed import Client, as_completed

    topic = f"record-{uuid.uuid4().hex}"
    gpus = tasks[0].device.startswith("cuda")
    with (
        _scheduler(address, workers, gpus) as found,
        Client(found, security=security(found), set_as_default=False, timeout=10) as client,
    ):
        client.subscribe_topic(topic, lambda event: tell(*event[1]))
        futures = {client.submit(_work, task, topic, key=f"{topic}-{task.job.name}", pure=False): task for task in tasks}
        for future in as_completed(futures, loop=client.loop):
            problem = str(future.exception()) if future.status == "error" else future.result()
            yield futures[future].job.name, problem


def _work(task: Task, topic: str) -> str:
    from distributed import get_worker

    worker = get_worker()
    return _attempt(task, lambda *told: worker.log_event(topic, told))


def _attempt(task: Task, tell: Tell) -> str:
    try:
        if not finished(task):  # a process may have been killed between the card and its answer
            record(task, tell)
    except ValueError as error:
        return str(error)
    return ""


@contextmanager
def _scheduler(address: str, workers: int, gpus: bool) -> Iterator[str]:
    """The address of a scheduler that has workers; one of our own ends with the block."""
    if address:
        yield check_address(address)
        return
    processes: list[cluster.Process] = []
    try:
        processes.append(cluster.start("scheduler"))
        own = cluster.address_of(processes[0])
        settings: list[dict[str, Any]] = [{"CUDA_VISIBLE_DEVICES": str(n)} if gpus else {} for n in range(workers)]
        processes += [cluster.start("worker", own, **setting) for setting in settings]
        for process in processes[1:]:
            cluster.address_of(process)
        yield own
    finally:
        cluster.end(processes)
