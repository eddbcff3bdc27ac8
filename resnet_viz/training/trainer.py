"""`run` trains the network of an `Experiment` and tells what happens, a `StepRecord` at a time.

>>> from resnet_viz import ResNetSpec
>>> short = Experiment(ResNetSpec(stages=(1, 1, 1), width=8, stem="cifar/2", shortcut="A", classes=10), steps=20)
>>> [round(step.error, 2) <= 1 for step in run(short)].count(True)
20
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from resnet_viz.nets.resnet import build
from resnet_viz.torch_internals import stepped_along
from resnet_viz.training.core import Core, norms, sgd
from resnet_viz.training.data.load import load
from resnet_viz.training.data.pictures import Pictures, normalise
from resnet_viz.training.evaluation import evaluate, score
from resnet_viz.training.experiment import TEST_BATCH, Experiment
from resnet_viz.training.records import Glimpse, LayerNote, StepRecord

SMOOTHING = 15
"""Steps over which the smoothed curves average: an exponential mean of that time constant, corrected for its start."""
LOOK_EVERY = 10
"""Every so many steps the norms of all layers are noted, and at each of the first so many: what matters happens there."""
GLIMPSE_EVERY = 20
"""Every so many steps the first filters and the guesses on a few test pictures are noted."""
HOPELESS = 10.0
"""A run ends as diverged when its smoothed loss is so many times that of guessing"""
PATIENCE = 50
"""after so many steps: deep residual networks start well above guessing."""
WATCHED = 10
"""Test pictures that are watched: the first of each class, up to this many classes."""


@lru_cache(maxsize=4)
def pictures(data: str, seed: int) -> tuple[Pictures, Pictures]:
    """Training and test pictures of an experiment; other seeds draw other pictures."""
    return load(data, seed)


def watched(test: Pictures) -> Pictures:
    """The test pictures that are watched while a network trains: the first of each class."""
    rows = [int((test.labels == label).nonzero()[0]) for label in sorted({*test.labels.tolist()})[:WATCHED]]
    return test.some(rows)


class Trainer:
    """A run that can be stopped and taken up again. `checkpoint` and `restore` lose nothing: the continuation is identical."""

    def __init__(self, experiment: Experiment) -> None:
        self.experiment = experiment
        train, self.test = pictures(experiment.data, experiment.seed)
        self.mean, self.std = train.mean_std()
        self.images, self.labels = train.images, train.labels
        self.watched = normalise(watched(self.test).images, self.mean, self.std)
        e, model = experiment, build(experiment.spec, experiment.seed).to(memory_format=torch.channels_last)
        self.core = Core(model, sgd(model, lr=e.lr, momentum=e.momentum, weight_decay=e.weight_decay))
        self.model = model
        self.smooth = (0.0, 0.0)
        self._order: tuple[int, Tensor] = (-1, torch.empty(0))

    @property
    def done(self) -> int:
        """Steps taken."""
        return self.core.done

    def _rows(self, step: int) -> Tensor:
        """The batch of a step: epoch after epoch in an order that only the seed decides. Incomplete batches are left out."""
        an_epoch = max(1, len(self.labels) // self.experiment.batch)
        epoch, n = divmod(step, an_epoch)
        if self._order[0] != epoch:
            generator = torch.Generator().manual_seed(self.experiment.seed * 1_000_003 + epoch)
            self._order = (epoch, torch.randperm(len(self.labels), generator=generator))
        return self._order[1][n * self.experiment.batch : (n + 1) * self.experiment.batch]

    def step(self) -> StepRecord:
        """Train on the next batch."""
        started = time.perf_counter()
        e, core = self.experiment, self.core
        rows, rate = self._rows(self.done), e.rate(self.done)
        result = core.backward(normalise(self.images[rows], self.mean, self.std), self.labels[rows], rate)
        value, error = result.loss.item(), float(result.missed.float().mean())
        if not math.isfinite(value):
            return StepRecord(self.done, value, error, *self.smooth, 0.0, stopped="diverged")
        ends = self.done == 1 or self.done == e.steps
        look = ends or self.done <= LOOK_EVERY or self.done % LOOK_EVERY == 0
        gradients = core.gradient_norms() if look else None
        core.update()
        layers = self._notes(gradients, rate) if gradients else None
        self.smooth = _smoothed(self.smooth, (value, error), self.done)
        lost = self.done >= PATIENCE and self.smooth[0] > HOPELESS * math.log(e.spec.classes)
        glimpse = self._glimpse() if ends or self.done % GLIMPSE_EVERY == 0 else None
        speed = len(rows) / (time.perf_counter() - started)
        return StepRecord(self.done, value, error, *self.smooth, speed, layers, glimpse, stopped="diverged" if lost else "")

    @torch.no_grad()
    def _glimpse(self) -> Glimpse:
        self.model.eval()
        best = torch.softmax(self.model(self.watched), 1).max(1)
        self.model.train()
        first = next(iter(self.core.weights.values()))  # (filters, in, k, k)
        guesses = list(zip(best.indices.tolist(), best.values.tolist(), strict=True))
        return Glimpse([[round(w, 4) for w in f] for f in first.flatten(1).tolist()], [(i, round(p, 4)) for i, p in guesses])

    def _notes(self, gradients: tuple[Tensor, ...], rate: float) -> dict[str, LayerNote]:
        weights = self.core.weights
        lengths = norms(stepped_along(self.core.optimiser, w) for w in weights.values())
        notes = torch.stack([torch.stack(each) for each in (self.core.weight_norms(), gradients, lengths)]).T.tolist()
        return {name: LayerNote(w, g, rate * v / w if w else math.nan) for name, (w, g, v) in zip(weights, notes, strict=True)}

    def checkpoint(self) -> dict[str, Any]:
        """Everything that the rest of the run depends on."""
        return {**self.core.checkpoint(), "smooth": list(self.smooth)}

    def restore(self, saved: dict[str, Any]) -> None:
        """Go on from a checkpoint of the same experiment."""
        self.core.restore(saved)
        self.smooth = (float(saved["smooth"][0]), float(saved["smooth"][1]))

    def test_error(self, between: Callable[[], object] = lambda: None) -> float:
        """Share of the test pictures whose class is not the first guess; BN uses its running statistics.

        `between` is called between batches; what it raises ends the measurement.
        """
        found = evaluate(self.model, self.test, self.mean, self.std, batch=TEST_BATCH, finite=False, between=between)
        self.model.train()
        return found.error


def _smoothed(before: tuple[float, float], now: tuple[float, float], count: int) -> tuple[float, float]:
    """Exponential mean over about `SMOOTHING` steps; while there are fewer, the plain mean's weight."""
    weight = 1 / min(count, SMOOTHING)
    return before[0] + weight * (now[0] - before[0]), before[1] + weight * (now[1] - before[1])


def run(experiment: Experiment, *, resume: dict[str, Any] | None = None) -> Iterator[StepRecord]:
    """Train, a `StepRecord` at a time. `resume` is a `Trainer.checkpoint()`. Ends early where the loss is no longer a number."""
    trainer = Trainer(experiment)
    if resume:
        trainer.restore(resume)
    while trainer.done < experiment.steps:
        step = trainer.step()
        yield step
        if step.stopped:
            return


def linear_error(data: str, seed: int = 0, steps: int = 2000) -> tuple[float, float]:
    """(training, test) error of a linear classifier on the pixels: how far the data is from trivial."""
    train, test = pictures(data, seed)
    mean, std = train.mean_std()
    weight = torch.zeros(len(train.classes), train.images[0].numel(), requires_grad=True)
    bias = torch.zeros(len(train.classes), requires_grad=True)
    optimiser = torch.optim.Adam([weight, bias], lr=3e-3)
    generator = torch.Generator().manual_seed(seed)

    def logits(images: Tensor) -> Tensor:
        return normalise(images, mean, std).flatten(1) @ weight.T + bias

    for _ in range(steps):
        rows = torch.randint(len(train.labels), (256,), generator=generator)
        loss = F.cross_entropy(logits(train.images[rows]), train.labels[rows])
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        optimiser.step()

    train_score, test_score = (score(logits, data_, batch=TEST_BATCH, of="linear") for data_ in (train, test))
    return train_score.error, test_score.error
