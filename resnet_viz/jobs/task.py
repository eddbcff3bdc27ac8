"""What a worker does: train one experiment, tell how it goes, and leave checkpoints that another worker can go on from.

Everything goes through the scheduler, so that any app sees it and none has to be there: progress as events, the last checkpoint
and the wishes of those who watch as variables. The worker deletes both when it ends; a last checkpoint is then part of the
result. A task also ends when its run is paused or has had its turn: a run that does not train holds no worker.
"""

from __future__ import annotations

import contextlib
import io
import logging
import time
from typing import Any, NamedTuple, Protocol

import torch

from resnet_viz.training.experiment import Experiment
from resnet_viz.training.records import StepRecord
from resnet_viz.training.trainer import Trainer

log = logging.getLogger(__name__)

TOPIC = "resnet-viz"
TELL_EVERY = 0.05
"""Seconds between two messages, at least; a step that takes longer is told by itself."""
SAVE_EVERY = 3.0
"""Seconds between two checkpoints; for a large network the time grows so that saving takes a twentieth of it."""
LISTEN_EVERY = 0.5
"""Seconds between two looks at what is wanted."""

ENDS = {"stop": "asked", "pause": "paused", "yield": "turn"}
"""Command to the reason with which it ends a task."""


class Wishes(NamedTuple):
    """What the apps want of a run."""

    until: float
    """Seconds since 1970 at which nobody watches any more."""
    command: str = ""
    """One of `ENDS`, or nothing."""
    again: int = -1
    """An app lacks the steps after this one and wants them told once more; -1 where none does."""


class Link(Protocol):
    """How a running task talks to the outside."""

    def tell(self, message: dict[str, Any]) -> None:
        """An event for everybody who watches."""

    def save(self, key: str, step: int, blob: bytes) -> None:
        """The last checkpoint."""

    def saved(self, key: str) -> tuple[int, bytes] | None:
        """The checkpoint that another worker left."""

    def wanted(self, key: str) -> Wishes:
        """What is wanted of the run right now."""

    def forget(self, key: str) -> None:
        """Delete what the run has left for other workers."""


class SchedulerLink:
    """The link through Dask's scheduler. Calls after the scheduler has gone raise; the task then ends and is run again."""

    def __init__(self) -> None:
        from distributed import get_client, get_worker

        self.worker, self.client = get_worker(), get_client()

    def tell(self, message: dict[str, Any]) -> None:
        self.worker.log_event(TOPIC, message)

    def save(self, key: str, step: int, blob: bytes) -> None:
        from distributed import Variable

        Variable(checkpoint_name(key), client=self.client).set({"step": step, "blob": blob}, timeout="10s")

    def saved(self, key: str) -> tuple[int, bytes] | None:
        return read_checkpoint(self.client, key)

    def wanted(self, key: str) -> Wishes:
        return read_wishes(self.client, key)

    def forget(self, key: str) -> None:
        delete_variables(self.client, key)


def checkpoint_name(key: str) -> str:
    """The variable on the scheduler that holds a run's last checkpoint."""
    return f"checkpoint-{key}"


def wishes_name(key: str) -> str:
    """The variable on the scheduler that says what is wanted of a run."""
    return f"wishes-{key}"


def _read(client: Any, name: str) -> Any:
    """The value of a variable on the scheduler; None where nobody has set it."""
    from distributed import Variable

    with contextlib.suppress(TimeoutError):
        return Variable(name, client=client).get(timeout=0.1)
    return None


def read_checkpoint(client: Any, key: str) -> tuple[int, bytes] | None:
    """(step, bytes) of the last checkpoint on the scheduler."""
    found = _read(client, checkpoint_name(key))
    return (int(found["step"]), bytes(found["blob"])) if found else None


def read_wishes(client: Any, key: str) -> Wishes:
    """What is wanted of a run; where nobody says anything, nobody watches it."""
    found = _read(client, wishes_name(key))
    return Wishes(*found) if found else Wishes(until=0.0)


def write_wishes(client: Any, key: str, wishes: Wishes) -> None:
    """Say what is wanted of a run."""
    from distributed import Variable

    Variable(wishes_name(key), client=client).set(list(wishes), timeout="5s")


def delete_variables(client: Any, key: str) -> None:
    """Delete what a run has left on the scheduler."""
    from distributed import Variable

    for name in (checkpoint_name(key), wishes_name(key)):
        Variable(name, client=client).delete()


def train(key: str, text: str, resume: tuple[int, bytes] | None = None) -> dict[str, Any]:
    """The task itself, as Dask runs it; see `train_with`."""
    torch.set_num_threads(1)
    return train_with(SchedulerLink(), key, text, resume)


class _Ended(Exception):
    """The task ends before its run does; the message is the reason."""


def train_with(link: Link, key: str, text: str, resume: tuple[int, bytes] | None = None) -> dict[str, Any]:
    """Train the experiment of this text; goes on from the later of `resume` and what another worker has left.

    The result has `reason` (empty when the run is done, else one of `ENDS`' values, `left` or `diverged`), `step`, `records` (all
    steps of this task, as JSON), the last `checkpoint` where the run can go on, and the final figures where it is done.
    """
    try:
        trainer = _resumed(Experiment.parse(text), [found for found in (resume, link.saved(key)) if found])
        progress = _Progress(link, key, trainer)
        result: dict[str, Any] = {"reason": ""}
        try:
            while trainer.done < trainer.experiment.steps:
                progress.add(trainer.step())
            figures = {"loss": trainer.smooth[0], "error": trainer.smooth[1]}
            result |= {"test_error": trainer.test_error(progress.check), **figures}
        except _Ended as end:
            result["reason"] = str(end)
            if result["reason"] != "diverged":
                result["checkpoint"] = (trainer.done, _checkpoint(trainer))
        progress.tell()
        return result | {"step": trainer.done, "records": [record.to_json() for record in progress.records]}
    finally:
        with contextlib.suppress(OSError, TimeoutError):  # the scheduler is gone, and with it what was left there
            link.forget(key)


def _resumed(experiment: Experiment, checkpoints: list[tuple[int, bytes]]) -> Trainer:
    """The trainer as the latest checkpoint left it that can be read: a damaged file costs the run time and not its end."""
    for step, blob in sorted(checkpoints, reverse=True):
        trainer = Trainer(experiment)
        try:
            trainer.restore(torch.load(io.BytesIO(blob), weights_only=True))
        except Exception as error:
            log.warning("the checkpoint of step %d cannot be read: %s", step, error)
        else:
            return trainer
    return Trainer(experiment)


class _Progress:
    """What a running task has shown, what of it has been told, and when it last listened and saved."""

    def __init__(self, link: Link, key: str, trainer: Trainer) -> None:
        self.link, self.key, self.trainer = link, key, trainer
        self.records: list[StepRecord] = []
        self._first, self._told, self._again = trainer.done, 0, -1
        self._told_at = self._saved_at = self._listened_at = time.monotonic()
        self._save_every = SAVE_EVERY
        link.tell({"key": key, "kind": "running", "step": trainer.done})

    def add(self, record: StepRecord) -> None:
        """Note a step and do what is due. Raises `_Ended`."""
        self.records.append(record)
        if record.stopped:
            raise _Ended(record.stopped)
        if len(self.records) <= 2:
            self.tell()
        self.check()

    def check(self) -> None:
        """Do what is due: tell, save, listen. Raises `_Ended` where the task has to end."""
        now = time.monotonic()
        saves = now - self._saved_at >= self._save_every
        if saves or now - self._told_at >= TELL_EVERY:  # what leads to a checkpoint is told before it
            self.tell()
        if saves:
            self.link.save(self.key, self.trainer.done, _checkpoint(self.trainer))
            self.link.tell({"key": self.key, "kind": "saved", "step": self.trainer.done})
            self._saved_at = time.monotonic()
            self._save_every = max(SAVE_EVERY, 20 * (self._saved_at - now))
        if now - self._listened_at >= LISTEN_EVERY:
            self._listened_at = now
            self._listen()

    def tell(self) -> None:
        """Tell what has not been told."""
        self._tell_from(self._told)
        self._told, self._told_at = len(self.records), time.monotonic()

    def _tell_from(self, index: int) -> None:
        if index < len(self.records):
            self.link.tell({"key": self.key, "kind": "steps", "records": [r.to_json() for r in self.records[index:]]})

    def _listen(self) -> None:
        wishes = self.link.wanted(self.key)
        if wishes.again not in (-1, self._again):
            self._tell_from(max(0, wishes.again - self._first))
        self._again = wishes.again
        if wishes.command in ENDS:
            raise _Ended(ENDS[wishes.command])
        if time.time() > wishes.until:
            raise _Ended("left")


def _checkpoint(trainer: Trainer) -> bytes:
    buffer = io.BytesIO()
    torch.save(trainer.checkpoint(), buffer)
    return buffer.getvalue()
