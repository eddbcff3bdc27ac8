"""What a worker does: train one experiment, tell how it goes, and leave checkpoints that another worker can go on from.

Everything goes through the scheduler, so that any app sees it and none has to be there: progress as events, the last checkpoint
and the wishes of those who watch as variables.
"""

from __future__ import annotations

import io
import time
from collections.abc import Sequence
from typing import Any, Protocol

import torch

from resnet_viz.training.experiment import Experiment
from resnet_viz.training.trainer import Step, Trainer

TOPIC = "resnet-viz"
TELL_EVERY = 0.1  # seconds between two messages
SAVE_EVERY = 3.0  # seconds between two checkpoints
LISTEN_EVERY = 0.5  # seconds between two looks at what is wanted


class Link(Protocol):
    """How a running task talks to the outside."""

    def tell(self, message: dict[str, Any]) -> None:
        """An event for everybody who watches."""

    def save(self, key: str, step: int, blob: bytes) -> None:
        """The last checkpoint."""

    def saved(self, key: str) -> tuple[int, bytes] | None:
        """The checkpoint that another worker left."""

    def wanted(self, key: str) -> dict[str, Any]:
        """`command` (run, pause or stop) and `until`, the time (seconds since 1970) at which nobody watches any more."""


class SchedulerLink:
    """The link through Dask's scheduler. Calls after the scheduler has gone raise; the task then ends and is run again."""

    def __init__(self) -> None:
        from distributed import get_client, get_worker

        self.worker, self.client = get_worker(), get_client()

    def tell(self, message: dict[str, Any]) -> None:
        self.worker.log_event(TOPIC, message)

    def save(self, key: str, step: int, blob: bytes) -> None:
        from distributed import Variable

        Variable(f"checkpoint-{key}", client=self.client).set({"step": step, "blob": blob}, timeout="10s")

    def saved(self, key: str) -> tuple[int, bytes] | None:
        found = read_variable(self.client, f"checkpoint-{key}")
        return (int(found["step"]), bytes(found["blob"])) if found else None

    def wanted(self, key: str) -> dict[str, Any]:
        return read_variable(self.client, f"wanted-{key}") or {}


def read_variable(client: Any, name: str) -> dict[str, Any] | None:
    """The value of a variable on the scheduler; None where nobody has set it."""
    from distributed import Variable

    try:
        value: dict[str, Any] = Variable(name, client=client).get(timeout=0.2)
    except TimeoutError:
        return None
    return value


def train(key: str, text: str, resume: tuple[int, bytes] | None = None) -> dict[str, Any]:
    """The task itself, as Dask runs it. The result has `status`, `reason` and, when done, the final figures."""
    torch.set_num_threads(1)
    return train_with(SchedulerLink(), key, text, resume)


def train_with(link: Link, key: str, text: str, resume: tuple[int, bytes] | None = None) -> dict[str, Any]:
    """Train the experiment of this text; goes on from the later of `resume` and what another worker has left."""
    trainer = Trainer(Experiment.parse(text))
    found = max((c for c in (resume, link.saved(key)) if c), key=lambda c: c[0], default=None)
    if found:
        trainer.restore(torch.load(io.BytesIO(found[1]), weights_only=True))
    link.tell({"key": key, "kind": "running", "step": trainer.done, "at": time.time(), "resumed": trainer.done})
    reason = _train(trainer, link, key)
    status = "stopped" if reason else "done"
    result: dict[str, Any] = {"status": status, "reason": reason, "step": trainer.done}
    if not reason:
        result |= {"loss": trainer.smooth[0], "error": trainer.smooth[1], "test_error": trainer.test_error()}
    link.tell({"key": key, "kind": "end", **result})
    return result


def _train(trainer: Trainer, link: Link, key: str) -> str:
    """Steps until the end or a reason to stop; the reason, or nothing."""
    waiting: list[tuple[int, Any]] = []
    told = saved = listened = time.monotonic()
    reason = ""
    while trainer.done < trainer.experiment.steps and not reason:
        step = trainer.step()
        waiting.append((step.step, as_record(step)))
        reason = step.stopped
        now = time.monotonic()
        saves = now - saved >= SAVE_EVERY  # what leads to a checkpoint is told before it
        if now - told >= TELL_EVERY or trainer.done <= 2 or saves:
            link.tell({"key": key, "kind": "steps", "records": waiting})
            waiting, told = [], now
        if now - listened >= LISTEN_EVERY and not reason:
            listened = now
            reason = _obey(trainer, link, key)
        if saves or reason in ("left", "asked"):
            _save(trainer, link, key)
            saved = now
    if waiting:
        link.tell({"key": key, "kind": "steps", "records": waiting})
    return reason


def _obey(trainer: Trainer, link: Link, key: str) -> str:
    """Wait while the run is paused; why it has to stop, if it has to."""
    paused = False
    while True:
        wanted = link.wanted(key)
        if time.time() > wanted.get("until", float("inf")):
            return "left"
        if wanted.get("command") == "stop":
            return "asked"
        if (wanted.get("command") == "pause") != paused:
            paused = not paused
            link.tell({"key": key, "kind": "paused" if paused else "running", "step": trainer.done, "at": time.time()})
        if not paused:
            return ""
        time.sleep(LISTEN_EVERY)


def _save(trainer: Trainer, link: Link, key: str) -> None:
    buffer = io.BytesIO()
    torch.save(trainer.checkpoint(), buffer)
    link.save(key, trainer.done, buffer.getvalue())
    link.tell({"key": key, "kind": "saved", "step": trainer.done})


def as_lists(record: Sequence[Any]) -> list[Any]:
    """A record that has travelled, where lists have become tuples."""
    *numbers, layers, glimpse = record
    seen = [[list(filter_) for filter_ in glimpse[0]], [list(guess) for guess in glimpse[1]]] if glimpse else None
    return [*numbers, {name: list(note) for name, note in layers.items()} if layers else None, seen]


def as_record(step: Step) -> list[Any]:
    """A step as it travels and is stored: its numbers, its layers as {name: [weight, gradient, update ratio]}, its glimpse.

    The glimpse is [filters, guesses], where there is one.
    """
    numbers = [step.step, step.loss, step.error, step.smooth_loss, step.smooth_error, step.rate]
    return as_lists([*numbers, {name: list(note) for name, note in (step.layers or {}).items()}, step.glimpse])
