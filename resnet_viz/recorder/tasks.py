"""`Task`: one run as a process gets it, what tells it from others, and the checkpoint that an interrupted one leaves."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import torch

from resnet_viz.recorder.files import checksum, read_json
from resnet_viz.recorder.plans import Job, LiveJob
from resnet_viz.training.data.pictures import Pictures
from resnet_viz.training.data.split_folders import read_pictures
from resnet_viz.training.trainer import pictures as drawn_pictures

Tell = Callable[[str, int, int], object]
"""Told (name, steps done, steps in all) as a run goes on."""


class Task(NamedTuple):
    """All that a process needs to record one network."""

    job: Job | LiveJob
    data: Path
    """Of a `Job`'s pictures; a live run has its own."""
    data_name: str
    out: Path
    device: str
    threads: int
    """On the CPU."""
    command: str
    """With which the run can be repeated, as the card says it."""

    @property
    def checkpoint(self) -> Path:
        """The file that an interrupted run leaves."""
        return self.out / f"{self.job.name}.checkpoint"


class Material(NamedTuple):
    """A run's pictures."""

    train: Pictures
    test: Pictures
    checksum: str


def material(task: Task) -> Material:
    """The pictures of a task."""
    if isinstance(task.job, LiveJob):
        return _drawn(task.job.experiment.data, task.job.seed)
    return _read(task.data)


@lru_cache(maxsize=1)
def _read(folder: Path) -> Material:
    train, test = read_pictures(folder)
    return Material(train, test, checksum(train, test))


@lru_cache(maxsize=1)
def _drawn(data: str, seed: int) -> Material:
    train, test = drawn_pictures(data, seed)
    return Material(train, test, checksum(train, test))


def steps(task: Task) -> int:
    """How many the run has in all."""
    if isinstance(task.job, LiveJob):
        return task.job.experiment.steps
    return task.job.recipe.total(len(material(task).train.labels) // task.job.recipe.batch)


def identity(task: Task) -> dict[str, Any]:
    """What makes two runs the same, as a card says it."""
    job = task.job
    recipe = job.recipe if isinstance(job, LiveJob) else str(job.recipe.on(task.device))
    return {"spec": str(job.spec), "recipe": recipe, "seed": job.seed, "data_sha256": material(task).checksum}


def finished(task: Task) -> bool:
    """Whether this very run has been recorded. Raises `ValueError` where another one's card stands in its place."""
    path = task.out / f"{task.job.name}.json"
    if path.is_file():
        _same(path.name, read_json(path), task)
    return path.is_file()


def _same(file: str, found: Mapping[str, Any], task: Task) -> None:
    for key, value in identity(task).items():
        if found.get(key) != value:
            said = f"with {key} {found.get(key)!r}, this run has {value!r}; delete it or choose another folder"
            raise ValueError(f"{file} is of another run, {said}")


def save_checkpoint(task: Task, state: Mapping[str, Any]) -> None:
    """Leave everything that the rest of the run depends on."""
    task.out.mkdir(parents=True, exist_ok=True)
    part = task.checkpoint.with_suffix(".part")
    torch.save({**identity(task), **state}, part)
    part.replace(task.checkpoint)  # a run that is killed while it writes keeps the checkpoint before


def saved_checkpoint(task: Task) -> dict[str, Any] | None:
    """What an interrupted run of the same task has left. Raises `ValueError` where it is damaged or another's."""
    path = task.checkpoint
    if not path.is_file():
        return None
    try:
        saved: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, pickle.UnpicklingError) as error:
        raise ValueError(f"{path.name} is damaged; delete it to start that run again") from error
    _same(path.name, saved, task)
    return saved
