"""Training live: a pair of depth 56 against the textbook loop, the engine's overhead, and when degradation shows."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import torch
from torch.utils.data import DataLoader, TensorDataset

from benchmarks import Amount, Row
from resnet_viz.jobs.changes import FINISHED
from resnet_viz.jobs.engine import Engine
from resnet_viz.jobs.store import Store
from resnet_viz.jobs.task import Wishes, train_with
from resnet_viz.nets.resnet import build
from resnet_viz.studies.race import DEFAULT_RACE, network
from resnet_viz.training.experiment import Experiment
from resnet_viz.training.trainer import Trainer, pictures, run

PAIR = (Experiment(network(56, plain=True)), Experiment(network(56)))
GAP = 0.25


def textbook(experiments: tuple[Experiment, ...]) -> float:
    """Seconds of the loop that anybody would write: DataLoader, NCHW, one network after the other, torch's own thread count."""
    torch.set_num_threads(os.cpu_count() or 1)
    start = time.perf_counter()
    for e in experiments:
        train, _ = pictures(e.data, e.seed)
        loader = DataLoader(TensorDataset(train.images.float() / 255, train.labels), e.batch, shuffle=True, drop_last=True)
        model = build(e.spec, e.seed)
        optimiser = torch.optim.SGD(model.parameters(), e.lr, momentum=e.momentum)
        done = 0
        while done < e.steps:
            for images, labels in loader:
                loss = torch.nn.functional.cross_entropy(model(images), labels)
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
                done += 1
                if done == e.steps:
                    break
    return time.perf_counter() - start


def _finish(engine: Engine, experiments: tuple[Experiment, ...]) -> tuple[float, float]:
    """(seconds until all are done, seconds until the deep plain network is clearly behind the last one)."""
    start = time.perf_counter()
    keys = [engine.ask(e) for e in experiments]
    seen = float("nan")
    while True:
        views = [engine.view(key) for key in keys]
        histories = [engine.history(key) for key in keys]
        last = min(len(history) for history in histories)
        plain, residual = histories[-2:][0], histories[-1]
        if seen != seen and last > 10 and plain[last - 1].smooth_error > residual[last - 1].smooth_error + GAP:
            seen = time.perf_counter() - start
        if all(view and view.run.status in FINISHED for view in views):
            return time.perf_counter() - start, seen
        time.sleep(0.02)


def _through_the_engine(engine: Engine) -> Row:
    """From the press to the end of one run, against the same steps in this process: the quickest of three each, in turn."""
    torch.set_num_threads(1)
    experiments = [Experiment(network(20), seed=seed) for seed in range(2, 5)]
    ours, theirs = list[float](), list[float]()
    for e in experiments:
        ours.append(_finish(engine, (e,))[0])
        start = time.perf_counter()
        list(run(e))
        theirs.append(time.perf_counter() - start)
    best, bare = min(ours), min(theirs)
    return Row("depth 20, 300 steps, through the engine", best, "bare trainer", bare, best / bare, "≤ 1.1×")


class _Silent:
    """A link that does the work of telling and drops what is told."""

    def tell(self, message: dict[str, object]) -> None: ...

    def save(self, key: str, step: int, blob: bytes) -> None: ...

    def saved(self, key: str) -> None: ...

    def wanted(self, key: str) -> Wishes:
        return Wishes(float("inf"))

    def forget(self, key: str) -> None: ...


def rows() -> Iterator[Row | Amount]:
    threads = torch.get_num_threads()
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(Store(Path(folder) / "lab.sqlite"))
        try:
            _finish(engine, (Experiment(network(8), steps=5), Experiment(network(8), steps=5, seed=1)))  # the cluster starts
            ours, _ = _finish(engine, PAIR)
            theirs = textbook(PAIR)
            yield Row("plain-56 and residual-56, 300 steps", ours, "textbook loop", theirs, theirs / ours, "≥ 1.4×, ours ≤ 25 s")
            _, seen = _finish(engine, tuple(Experiment(e.spec, seed=1) for e in DEFAULT_RACE))
            yield Amount("default race: a gap of 25 points shows", f"{seen:.1f} s", "≤ 10 s")
            _, seen = _finish(engine, tuple(Experiment(e.spec, seed=1) for e in PAIR))
            yield Amount("depth 56: a gap of 25 points shows", f"{seen:.1f} s", "≤ 15 s")
            yield _through_the_engine(engine)
        finally:
            engine.close()
    torch.set_num_threads(1)
    e = Experiment(network(20))  # of the usual length: the test error at its end is part of the work
    Trainer(e).step()
    spent = {"bare": 0.0, "engine": 0.0}
    for _ in range(3):
        for name, work in (("bare", lambda: list(run(e))), ("engine", lambda: train_with(_Silent(), "k", str(e)))):  # type: ignore[arg-type]
            start = time.process_time()
            work()
            spent[name] += time.process_time() - start
    yield Row(
        "records, norms, checkpoints",
        spent["engine"],
        "bare generator",
        spent["bare"],
        spent["engine"] / spent["bare"],
        "≤ 1.05×",
    )
    torch.set_num_threads(threads)
