"""`record`: train one network and publish it with the history of the run. Interrupted, it goes on from the last checkpoint."""

from __future__ import annotations

import math
import time
from itertools import islice
from typing import Any

import torch
from torch import Tensor, nn

from resnet_viz.nets.resnet import build
from resnet_viz.recorder import history
from resnet_viz.recorder.files import machine
from resnet_viz.recorder.live import record_live
from resnet_viz.recorder.plans import Job, LiveJob
from resnet_viz.recorder.publish import publish
from resnet_viz.recorder.tasks import Task, Tell, material, save_checkpoint, saved_checkpoint
from resnet_viz.training.core import Core, sgd
from resnet_viz.training.data.crops import random_resized_crops
from resnet_viz.training.data.pictures import Pictures, augment, batches, normalise
from resnet_viz.training.evaluation import evaluate

WARMED_OVER = 100
"""Steps over which the training error is averaged that ends a warm-up."""
TELL_EVERY = 0.5  # seconds


def _quiet(name: str, done: int, total: int) -> None:
    """Nobody listens."""


def record(task: Task, tell: Tell = _quiet) -> dict[str, Any]:
    """Train a network and write `<name>.safetensors`, its card and its history; the card is returned.

    Raises `ValueError` where network, recipe and pictures do not go together, or the loss stops being a number.
    """
    if isinstance(task.job, LiveJob):
        return record_live(task, task.job, tell)
    torch.set_num_threads(task.threads)
    run = Run(task, task.job)
    while run.core.done < run.total:
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
    train, test, _ = material(task)
    name, model = task.job.name, run.core.model
    card = publish(
        model,
        name,
        facts,
        task.out,
        train=train,
        test=test,
        mean=run.mean,
        std=run.std,
        side=run.recipe.test_side,
        history=run.history,
    )
    task.checkpoint.unlink()
    return card


class Run:
    """One network in training. It takes up what an interrupted run of the same task has saved; the continuation is identical."""

    def __init__(self, task: Task, job: Job) -> None:
        train, test, _ = material(task)
        self.task, self.device = task, torch.device(task.device)
        self.recipe = recipe = job.recipe.on(task.device)
        if (job.spec.in_channels, job.spec.classes) != (3, len(train.classes)):
            given = f"{job.spec.in_channels} channels and {job.spec.classes} classes"
            raise ValueError(f"{job.name} is for {given}, the pictures have 3 channels and {len(train.classes)} classes")
        an_epoch = len(train.labels) // recipe.batch
        if not an_epoch:
            raise ValueError(f"a batch of {recipe.batch} is more than the {len(train.labels)} training pictures")
        if self.device.type == "cuda":  # the same weights again after an interruption, and float32 that is float32
            torch.backends.cudnn.deterministic = True
            torch.backends.cudnn.allow_tf32 = False
        mean, std = (value.round(decimals=4) for value in train.mean_std())
        self.mean, self.std = mean.to(self.device), std.to(self.device)
        self.train, self.test = _on(train, self.device), _on(test.some(slice(None, None, recipe.test_every)), self.device)
        model = build(job.spec, job.seed).to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        optimiser = sgd(
            model,
            lr=recipe.lr,
            momentum=recipe.momentum,
            nesterov=recipe.nesterov,
            weight_decay=recipe.weight_decay,
            only_weights=recipe.decayed == "weights",
        )
        self.core = Core(model, optimiser, bfloat16=recipe.precision == "bfloat16", smoothing=recipe.smoothing)
        self.generator = torch.Generator().manual_seed(job.seed)
        self.total = recipe.total(an_epoch)
        self.warming, self.error = bool(recipe.warm_up_lr), 1.0
        self.history = history.empty()
        self._noted, self._told = history.spaced(self.total), -math.inf
        if saved := saved_checkpoint(task):
            self.core.restore(saved)
            self.generator.set_state(saved["generator"])
            self.history, self.warming, self.error = saved["history"], saved["warming"], saved["error"]

    def epoch(self, tell: Tell = _quiet) -> None:
        """One pass over the training pictures, or what is left of the last, and one over the test pictures."""
        self.core.model.train()
        started, first, name = time.perf_counter(), self.core.done, self.task.job.name
        losses, wrong = torch.zeros((), device=self.device), torch.zeros((), dtype=torch.long, device=self.device)
        for images, labels in islice(batches(self.train, self.recipe.batch, self.generator), self.total - self.core.done):
            loss, missed = self.step(images, labels)
            losses += loss  # added up where they are: a GPU need not wait for each
            wrong += missed
            if time.perf_counter() - self._told > TELL_EVERY:
                self._told = time.perf_counter()
                tell(name, self.core.done, self.total)
        count = self.core.done - first
        train_loss, train_error = losses.item() / count, wrong.item() / (count * self.recipe.batch)
        seconds = time.perf_counter() - started
        if not math.isfinite(train_loss):
            raise ValueError(f"{name} diverged in epoch {len(self.history['epochs']) + 1}: its loss is no number")
        test_loss, test_error = evaluate(self.core.model, self.test, self.mean, self.std, side=self.recipe.test_side)
        self.history["epochs"].append(
            {
                "train_loss": round(train_loss, 4),
                "train_error": round(train_error, 4),
                "test_loss": round(test_loss, 4),
                "test_error": round(test_error, 4),
                "seconds": round(seconds, 3),
            }
        )
        tell(name, self.core.done, self.total)

    def step(self, images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Train on one batch of pictures as they are: its loss, and how many of them were taken for something else."""
        done, recipe = self.core.done, self.recipe
        if recipe.crop:
            moved = random_resized_crops(images, self.generator, recipe.side(done, self.total), recipe.least_area)
        else:
            moved = augment(images, self.generator, recipe.pad)
        pictures = normalise(moved, self.mean, self.std)
        result = self.core.backward(pictures, labels, recipe.rate(done, self.total, warming=self.warming))
        if done in self._noted:
            history.note(self.history, done, layer_figures(self.core))
        self.core.update()
        wrong = result.missed.sum()
        if self.warming:
            self.error += (wrong.item() / len(labels) - self.error) / min(self.core.done, WARMED_OVER)
            self.warming = self.error >= recipe.warm_up_until
        return result.loss, wrong

    def save(self) -> None:
        """Leave everything that the rest of the run depends on."""
        own = {"generator": self.generator.get_state(), "history": self.history, "warming": self.warming, "error": self.error}
        save_checkpoint(self.task, {**self.core.checkpoint(), **own})


def _on(data: Pictures, device: torch.device) -> Pictures:
    return Pictures(data.images.to(device), data.labels.to(device), data.classes)


def layer_figures(core: Core) -> dict[str, dict[str, float]]:
    """After a backward pass: norms of every weight and its gradient, and the size of BN's running statistics."""
    names = ("weight_norm", "weight_grad_norm")
    columns = torch.stack([torch.stack(core.weight_norms()), torch.stack(core.gradient_norms())]).T.tolist()
    of_weights = {name: dict(zip(names, row, strict=True)) for name, row in zip(core.weights, columns, strict=True)}
    found: dict[str, dict[str, float]] = {}
    for name, module in core.model.named_modules():
        if name in of_weights:
            found[name] = of_weights[name]
        elif isinstance(module, nn.BatchNorm2d):
            assert module.running_mean is not None
            assert module.running_var is not None
            mean, variance = module.running_mean.square().mean(), module.running_var.mean()
            found[name] = {"mean_rms": mean.sqrt().item(), "std_rms": variance.sqrt().item()}
    return found
