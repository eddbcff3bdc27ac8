"""Runs a minute by the number of processes that train, and what of a core a run takes: more processes than cores gain nothing."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from benchmarks import Amount
from resnet_viz.jobs.changes import FINISHED
from resnet_viz.jobs.engine import Engine
from resnet_viz.jobs.store import Store
from resnet_viz.studies.race import network
from resnet_viz.training.experiment import Experiment

COUNTS, RUNS, STEPS, ROUNDS = (1, 2, 4), 8, 60, 2


def _finish(engine: Engine, experiments: list[Experiment]) -> float:
    """Seconds until all are trained."""
    start = time.perf_counter()
    keys = [engine.ask(experiment, owner=f"session {n}") for n, experiment in enumerate(experiments)]
    while not all((view := engine.view(key)) and view.run.status in FINISHED for key in keys):
        time.sleep(0.02)
    return time.perf_counter() - start


def _spent(role: str) -> float:
    """Processor time of those that were started here, in seconds."""
    found = [process for process in psutil.Process().children(recursive=True) if role in process.cmdline()]
    return sum(sum(process.cpu_times()[:2]) for process in found)


def _measure(count: int, folder: Path, round_: int) -> tuple[float, float, float]:
    """(seconds, seconds of a core in the workers, seconds of a core elsewhere) for all runs."""
    engine = Engine(Store(folder / f"{count}-{round_}.sqlite"), workers=count)
    try:
        _finish(engine, [Experiment(network(8), steps=20, seed=n) for n in range(2 * count)])  # every worker has trained
        before, own = [_spent(role) for role in ("worker", "scheduler")], time.process_time()
        taken = _finish(engine, [Experiment(network(20), steps=STEPS, seed=n) for n in range(RUNS)])
        worker, scheduler = (_spent(role) - at for role, at in zip(("worker", "scheduler"), before, strict=True))
        return taken, worker, scheduler + time.process_time() - own
    finally:
        engine.close()


def rows() -> Iterator[Amount]:
    best: dict[int, tuple[float, float, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for round_ in range(ROUNDS):
            for count in COUNTS:
                best[count] = min(best.get(count, (float("inf"),) * 3), _measure(count, Path(folder), round_))
    for count, (taken, worker, elsewhere) in best.items():
        said = f"{worker / RUNS:.2f} s of a core a run, and {elsewhere / RUNS:.2f} s in the app and the scheduler"
        yield Amount(f"depth 20, {STEPS} steps, {count} workers: runs a minute", f"{60 * RUNS / taken:.1f}", said)
