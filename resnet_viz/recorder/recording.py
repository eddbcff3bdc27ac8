"""`record`: train one network by a recipe, ship it with the history of the run. Interrupted, it goes on from an epoch's end."""

from __future__ import annotations

import json
import math
import pickle
import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from resnet_viz.nets.resnet import ResNet, build
from resnet_viz.recorder.plans import Job
from resnet_viz.recorder.publish import checksum, evaluate, machine, ship
from resnet_viz.recorder.recipe import Recipe
from resnet_viz.training.data.pictures import Pictures, augment, batches, normalise
from resnet_viz.training.data.split_folders import read_pictures

NOTED = 40
"""Steps at which the norms of all layers are noted, each the same factor after the one before."""
WARMED_OVER = 100
"""Steps over which the training error is averaged that ends a warm-up."""
TELL_EVERY = 0.5  # seconds

Tell = Callable[[str, int, int], object]
"""Told (name, steps done, steps in all) as a run goes on."""


class Task(NamedTuple):
    """All that a process needs to record one network."""

    job: Job
    data: Path
    data_name: str
    out: Path
    device: str
    threads: int
    """On the CPU."""
    command: str
    """With which the run can be repeated, as the card says it."""


@lru_cache(maxsize=1)
def material(folder: Path) -> tuple[Pictures, Pictures, str]:
    """Training and test pictures, and their checksum."""
    train, test = read_pictures(folder)
    return train, test, checksum(train, test)


def identity(task: Task) -> dict[str, Any]:
    """What makes two runs the same, as a card says it."""
    recipe = str(task.job.recipe.on(task.device))
    return {"spec": str(task.job.spec), "recipe": recipe, "seed": task.job.seed, "data_sha256": material(task.data)[2]}


def finished(task: Task) -> bool:
    """Whether this very run has been recorded. Raises `ValueError` where another one's card stands in its place."""
    path = task.out / f"{task.job.name}.json"
    if path.is_file():
        _same(path.name, json.loads(path.read_text(encoding="utf-8")), task)
    return path.is_file()


def _same(file: str, found: Mapping[str, Any], task: Task) -> None:
    for key, value in identity(task).items():
        if found.get(key) != value:
            said = f"with {key} {found.get(key)!r}, this run has {value!r}; delete it or choose another folder"
            raise ValueError(f"{file} is of another run, {said}")


def _quiet(name: str, done: int, total: int) -> None:
    """Nobody listens."""


def record(task: Task, tell: Tell = _quiet) -> dict[str, Any]:
    """Train a network and write `<name>.safetensors`, its card and its history; the card is returned.

    Raises `ValueError` where network, recipe and pictures do not go together, or the loss stops being a number.
    """
    torch.set_num_threads(task.threads)
    run = Run(task)
    while run.done < run.total:
        run.epoch(tell)
        run.save()
    facts = {
        "data": task.data_name,
        "recipe": str(run.recipe),
        "seed": task.job.seed,
        "duration_s": round(sum(epoch["seconds"] for epoch in run.history["epochs"])),
        "machine": machine(task.device),
        "command": task.command,
    }
    train, test, _ = material(task.data)
    model, mean, std = run.model, run.mean, run.std
    card = ship(model, task.job.name, facts, task.out, train=train, test=test, mean=mean, std=std, history=run.history)
    run.saved.unlink()
    return card


class Run:
    """One network in training. It takes up what an interrupted run of the same task has saved; the continuation is identical."""

    def __init__(self, task: Task) -> None:
        train, test, _ = material(task.data)
        job = task.job
        self.task, self.recipe, self.device = task, job.recipe.on(task.device), torch.device(task.device)
        if (job.spec.in_channels, job.spec.classes) != (3, len(train.classes)):
            given = f"{job.spec.in_channels} channels and {job.spec.classes} classes"
            raise ValueError(f"{job.name} is for {given}, the pictures have 3 channels and {len(train.classes)} classes")
        an_epoch = len(train.labels) // self.recipe.batch
        if not an_epoch:
            raise ValueError(f"a batch of {self.recipe.batch} is more than the {len(train.labels)} training pictures")
        if self.device.type == "cuda":  # the same weights again after an interruption, and float32 that is float32
            torch.backends.cudnn.deterministic = True
            torch.backends.cudnn.allow_tf32 = False
        mean, std = (value.round(decimals=4) for value in train.mean_std())
        self.mean, self.std = mean.to(self.device), std.to(self.device)
        self.train, self.test = _on(train, self.device), _on(test, self.device)
        self.model: ResNet = build(job.spec, job.seed).to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.optimiser = _optimiser(self.model, self.recipe)
        self.generator = torch.Generator().manual_seed(job.seed)
        self.total = self.recipe.total(an_epoch)
        self.done, self.warming, self.error = 0, bool(self.recipe.warm_up_lr), 1.0
        self.history: dict[str, Any] = {"epochs": [], "steps": [], "layers": {}}
        self.saved = task.out / f"{job.name}.checkpoint"
        self._noted, self._told = spaced(self.total), -math.inf
        if self.saved.is_file():
            self._restore()

    def epoch(self, tell: Tell = _quiet) -> None:
        """One pass over the training pictures, or what is left of the last, and one over the test pictures."""
        self.model.train()
        started, first, name = time.perf_counter(), self.done, self.task.job.name
        losses, wrong = torch.zeros((), device=self.device), torch.zeros((), dtype=torch.long, device=self.device)
        for images, labels in islice(batches(self.train, self.recipe.batch, self.generator), self.total - self.done):
            loss, missed = self.step(images, labels)
            losses += loss  # added up where they are: a GPU need not wait for each
            wrong += missed
            if time.perf_counter() - self._told > TELL_EVERY:
                self._told = time.perf_counter()
                tell(name, self.done, self.total)
        count = self.done - first
        train_loss, train_error = losses.item() / count, wrong.item() / (count * self.recipe.batch)
        seconds = time.perf_counter() - started
        if not math.isfinite(train_loss):
            raise ValueError(f"{name} diverged in epoch {len(self.history['epochs']) + 1}: its loss is no number")
        test_loss, test_error = evaluate(self.model, self.test, self.mean, self.std)
        self.history["epochs"].append(
            {
                "train_loss": round(train_loss, 4),
                "train_error": round(train_error, 4),
                "test_loss": round(test_loss, 4),
                "test_error": round(test_error, 4),
                "seconds": round(seconds, 3),
            }
        )
        tell(name, self.done, self.total)

    def step(self, images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Train on one batch: its loss, and how many of its pictures were taken for something else."""
        recipe = self.recipe
        for group in self.optimiser.param_groups:
            group["lr"] = recipe.rate(self.done, self.total, warming=self.warming)
        pictures = normalise(augment(images, self.generator, recipe.pad), self.mean, self.std)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=recipe.precision == "bfloat16"):
            logits = self.model(pictures).float()  # (N, classes)
        loss = F.cross_entropy(logits, labels)
        self.optimiser.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        if self.done in self._noted:
            note_layers(self.history, self.model, self.done)
        self.optimiser.step()
        self.done += 1
        wrong = (logits.detach().argmax(1) != labels).sum()
        if self.warming:
            self.error += (wrong.item() / len(labels) - self.error) / min(self.done, WARMED_OVER)
            self.warming = self.error >= recipe.warm_up_until
        return loss.detach(), wrong

    def save(self) -> None:
        """Leave everything that the rest of the run depends on."""
        state = {
            **identity(self.task),
            "model": self.model.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "generator": self.generator.get_state(),
            "history": self.history,
            "done": self.done,
            "warming": self.warming,
            "error": self.error,
        }
        self.saved.parent.mkdir(parents=True, exist_ok=True)
        part = self.saved.with_suffix(".part")
        torch.save(state, part)
        part.replace(self.saved)  # a run that is killed while it writes keeps the checkpoint before

    def _restore(self) -> None:
        try:
            saved = torch.load(self.saved, map_location="cpu", weights_only=True)
        except (OSError, RuntimeError, EOFError, pickle.UnpicklingError) as error:
            raise ValueError(f"{self.saved.name} is damaged; delete it to start that run again") from error
        _same(self.saved.name, saved, self.task)
        self.model.load_state_dict(saved["model"])
        self.optimiser.load_state_dict(saved["optimiser"])
        self.generator.set_state(saved["generator"])
        self.history, self.done = saved["history"], saved["done"]
        self.warming, self.error = saved["warming"], saved["error"]


def _on(data: Pictures, device: torch.device) -> Pictures:
    return Pictures(data.images.to(device), data.labels.to(device), data.classes)


def _optimiser(model: ResNet, recipe: Recipe) -> torch.optim.SGD:
    decayed = [p for p in model.parameters() if p.dim() > 1 or recipe.decayed == "all"]
    rest = [p for p in model.parameters() if p.dim() <= 1 and recipe.decayed != "all"]
    groups = [{"params": decayed, "weight_decay": recipe.weight_decay}, {"params": rest, "weight_decay": 0.0}]
    wanted = [group for group in groups if group["params"]]
    return torch.optim.SGD(wanted, lr=recipe.lr, momentum=recipe.momentum, nesterov=recipe.nesterov, fused=True)


def spaced(steps: int, count: int = NOTED) -> set[int]:
    """About `count` steps from the first to the last, each the same factor after the one before.

    >>> sorted(spaced(100, 5))
    [0, 2, 9, 31, 99]
    """
    return {round(steps ** (i / (count - 1))) - 1 for i in range(count)}


def note_layers(history: dict[str, Any], model: ResNet, step: int) -> None:
    """Adds to the history, after a backward pass: norms of every weight and its gradient, size of BN's running statistics."""
    found = {}
    for name, module in model.named_modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            assert module.weight.grad is not None
            found[name] = {"weight_norm": module.weight.norm(), "weight_grad_norm": module.weight.grad.norm()}
        elif isinstance(module, nn.BatchNorm2d):
            assert module.running_mean is not None
            assert module.running_var is not None
            found[name] = {"mean_rms": module.running_mean.square().mean().sqrt(), "std_rms": module.running_var.mean().sqrt()}
    history["steps"].append(step)
    for name, values in found.items():
        for key, value in values.items():
            history["layers"].setdefault(name, {}).setdefault(key, []).append(float(f"{value.item():.5g}"))
