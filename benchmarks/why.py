"""Lesions and paths: on two workers as a page asks for them, and against the way anybody would write them."""

from __future__ import annotations

import copy
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from benchmarks import Amount, Row, interleaved
from resnet_viz.jobs.engine import Engine
from resnet_viz.jobs.shared_calls import Call
from resnet_viz.jobs.store import Store
from resnet_viz.nets.resnet import ResNet
from resnet_viz.probes.lesion import lesion
from resnet_viz.probes.paths import Unravelled
from resnet_viz.studies.block_deletion import PICTURES, BlockDeletion
from resnet_viz.studies.pretrained_pairs import subject

NAME = "cifar_resnet56"
FEW = 64


class Silent(nn.Module):
    """A residual branch that adds nothing."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.zeros_like(x)


def textbook(model: ResNet, x: Tensor, y: Tensor) -> list[float]:
    """Each deletion a copy of the network, the branch's last layer replaced, the whole network run again, NCHW."""
    found = []
    with torch.no_grad():
        for name in model.spec.blocks:
            cut = copy.deepcopy(model)
            cut.get_submodule(name).bn2 = Silent()
            found.append((cut(x).argmax(1) != y).float().mean().item())
    return found


def noise(name: str, start: int, stop: int) -> tuple[Tensor, Tensor]:
    """Pictures of noise in place of CIFAR-10's, which need not be here: the work is the same."""
    generator = torch.Generator().manual_seed(start)
    x = torch.randn(stop - start, 3, 32, 32, generator=generator)
    return x.contiguous(memory_format=torch.channels_last), torch.randint(10, (stop - start,), generator=generator)


def on_noise(name: str, start: int, stop: int) -> int:
    """A worker's share of a study, on noise."""
    return len(list(lesion(subject(name), *noise(name, start, stop))))


def _wait(engine: Engine, asked: Sequence[Call]) -> tuple[float, float]:
    """(seconds to the first result, seconds until all are there)."""
    start = time.perf_counter()
    first = float("nan")
    while True:
        study = engine.studies.look(asked)
        if study.problem:
            raise RuntimeError(study.problem)
        if first != first and any(result is not None for result in study.results):
            first = time.perf_counter() - start
        if study.done:
            return first, time.perf_counter() - start
        time.sleep(0.02)


def rows() -> Iterator[Row | Amount]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(Store(Path(folder) / "lab.sqlite"), workers=2)
        try:
            engine.prepare()
            _wait(engine, [Call(on_noise, NAME, 10_000 + i, 10_001 + i) for i in range(8)])  # the cluster starts
            asked = [Call(on_noise, *call.arguments) for call in BlockDeletion(NAME, "one").calls]
            first, whole = _wait(engine, asked)
        finally:
            engine.close()
    yield Amount(f"27 lesions of {NAME}, {PICTURES} pictures", f"{whole:.1f} s", f"≤ 20 s; first figures after {first:.1f} s")
    model, (x, y) = subject(NAME), noise(NAME, 0, FEW)
    plain = copy.deepcopy(model).to(memory_format=torch.contiguous_format)
    nchw = x.contiguous(memory_format=torch.contiguous_format)
    taken = interleaved({"ours": lambda: list(lesion(model, x, y)), "textbook": lambda: textbook(plain, nchw, y)}, rounds=3)
    yield Row(
        f"27 lesions on {FEW} pictures, one thread",
        taken["ours"],
        "a copy a block",
        taken["textbook"],
        taken["textbook"] / taken["ours"],
        "",
    )
    few, labels = x[: FEW // 4], y[: FEW // 4]
    taken = interleaved(
        {
            "forward": lambda: Unravelled(model, few, labels),
            "together": lambda: Unravelled(model, few, labels).together(),
        },
        rounds=3,
    )
    yield Amount(f"all 2²⁷ paths exactly, {FEW // 4} pictures", f"{taken['together']:.2f} s", f"forward {taken['forward']:.2f} s")
    subject.cache_clear()
    torch.set_num_threads(threads)
