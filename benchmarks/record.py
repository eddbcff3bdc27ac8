"""Recording on the CPU: an epoch as `train` records it against the textbook loop, and what augmentation costs.

Ours is the command line itself: a plan of a network and its plain twin, side by side, one thread each; and a network for
photographs with all threads. The textbook is the loop of most tutorials, with all threads, one network after the other: pictures
through torchvision's transforms one at a time, a DataLoader (the better of none and two worker processes), NCHW, SGD.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

from benchmarks import Amount, Row, interleaved
from resnet_viz.nets.presets import parse_network
from resnet_viz.nets.resnet import build
from resnet_viz.recorder.command import main
from resnet_viz.recorder.plans import FOLDER, Job, read_plan
from resnet_viz.recorder.recipe import Recipe
from resnet_viz.recorder.recording import Run
from resnet_viz.recorder.tasks import Task
from resnet_viz.training.data.pictures import Pictures, augment
from resnet_viz.training.data.split_folders import read_pictures


def noise(folder: Path, count: int, side: int = 32) -> None:
    """Pictures of noise of ten classes: `count` of this side to train on and some to test on."""
    random = np.random.default_rng(5)
    for part, number in (("train", count), ("test", max(20, count // 5))):
        for n in range(number):
            place = folder / part / "abcdefghij"[n % 10]
            place.mkdir(parents=True, exist_ok=True)
            Image.fromarray(random.integers(0, 256, (side, side, 3), dtype=np.uint8)).save(place / f"{n}.png")


class OneByOne(Dataset[tuple[torch.Tensor, int]]):
    """The pictures as torchvision's data sets give them: PIL images through transforms, the first of which are `moves`."""

    def __init__(self, data: Pictures, moves: Sequence[torch.nn.Module]) -> None:
        self.images, self.labels = data.images.permute(0, 2, 3, 1).numpy(), data.labels.tolist()
        mean, std = (value.tolist() for value in data.mean_std())
        steps = [*moves, transforms.RandomHorizontalFlip(), transforms.ToTensor()]
        self.transform = transforms.Compose([*steps, transforms.Normalize(mean, std)])

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        return self.transform(Image.fromarray(self.images[index])), self.labels[index]


def textbook(train: Pictures, nets: Sequence[str], batch: int, workers: int, moves: Sequence[torch.nn.Module]) -> float:
    """Seconds that an epoch of each network takes, after one to warm up."""
    torch.set_num_threads(os.cpu_count() or 1)
    taken = 0.0
    for net in nets:
        loader = DataLoader(OneByOne(train, moves), batch, shuffle=True, drop_last=True, num_workers=workers)
        model = build(parse_network(net)).train()
        optimiser = torch.optim.SGD(model.parameters(), 0.1, momentum=0.9, weight_decay=5e-4, nesterov=True)
        for _ in range(2):
            start = time.perf_counter()
            for images, labels in loader:
                loss = torch.nn.functional.cross_entropy(model(images), labels)
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
            last = time.perf_counter() - start
        taken += last
    return taken


def recorded(data: Path, nets: Sequence[str], batch: int, precision: str, plan: str = "cifar10:short") -> float:
    """Seconds until the last of the networks has finished its second epoch, which all train at once; from their histories."""
    with tempfile.TemporaryDirectory() as out:
        words = f"--epochs 2 --batch {batch} --precision {precision} --device cpu --data {data} --out {out}"
        if main(["train", "--plan", plan, *words.split(), "--net", *nets]):
            raise RuntimeError("the recorder failed")
        histories = [json.loads((Path(out) / f"{net}.history.json").read_text()) for net in nets]
    return max(float(history["epochs"][-1]["seconds"]) for history in histories)


def rows(
    pictures: int = 2_560,
    batch: int = 128,
    nets: Sequence[str] = ("cifar_resnet20", "basic-3.3.3-w16-cifar-sA-c10-plain"),
    workers: Sequence[int] = (0, 2),
    rounds: int = 9,
    photographed: tuple[int, int, Sequence[int], int, str] = (640, 64, (0, 2), 160, "photo_resnet18"),
) -> Iterator[Row | Amount]:
    threads = torch.get_num_threads()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        noise(data, pictures)
        train, _ = read_pictures(data)
        ours = {precision: recorded(data, nets, batch, precision) for precision in ("float32", "auto")}
        theirs = min(textbook(train, nets, batch, count, [transforms.RandomCrop(32, 4)]) for count in workers)
        for precision, seconds in ours.items():
            chosen = Recipe(lr=0.1, schedule="one-cycle", epochs=1, precision=precision).on("cpu").precision  # type: ignore[arg-type]
            what = f"record {len(nets)} × {nets[0]}, {len(train.labels):,} pictures, {chosen}"
            reach = "≥ 1.3×" if precision == "auto" else ""
            yield Row(what, seconds, "textbook loop, float32", theirs, theirs / seconds, reach)
        recipe = Recipe(lr=0.1, schedule="one-cycle", epochs=1_000, batch=batch, precision="auto")
        job = Job(parse_network(nets[0]), recipe)
        run = Run(Task(job, data, "", data / "out", "cpu", 1, ""), job)
        torch.set_num_threads(1)
        images, labels = train.images[:batch], train.labels[:batch]
        taken = interleaved({"step": lambda: run.step(images, labels), "augment": lambda: augment(images, run.generator)}, rounds)
    torch.set_num_threads(threads)
    yield from photographs(*photographed)
    share = taken["augment"] / taken["step"]
    yield Amount(f"pad, crop and flip, of a step of {nets[0]}", f"{share:.1%}", "≤ 3 %")


def photographs(pictures: int, batch: int, workers: Sequence[int], side: int, net: str) -> Iterator[Row]:
    """Random parts of the pictures, resized to the same side in both loops."""
    plan = read_plan("photographs:photo18").recipe
    assert plan
    with tempfile.TemporaryDirectory() as folder:
        data, own = Path(folder), Path(folder) / "own.toml"
        noise(data, pictures, side)
        text = (FOLDER / "photographs.toml").read_text(encoding="utf-8")
        for name in ("crop", "first_crop", "test_side"):
            text = text.replace(f"\n{name} = {getattr(plan, name)}\n", f"\n{name} = {side}\n")
        own.write_text(text, encoding="utf-8")
        ours = recorded(data, [net], batch, "auto", f"{own}:photo18")
        train, _ = read_pictures(data)
        crop = [transforms.RandomResizedCrop(side, (plan.least_area, 1))]
        theirs = min(textbook(train, [net], batch, count, crop) for count in workers)
    what = f"record {net}, {len(train.labels):,} pictures of {side} pixels, {plan.on('cpu').precision}"
    yield Row(what, ours, "textbook loop, float32", theirs, theirs / ours, "≥ 1.3×")
