"""How depth hurts on photographs, from what `train --plan photographs:twins` left in the folder `--data`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from resnet_viz.recorder.figures.source import Source
from resnet_viz.recorder.files import read_json
from resnet_viz.recorder.plans import Job, read_plan
from resnet_viz.studies.recorded import FOLDER

FILE, PLAN = FOLDER / "photographs.json", "photographs:twins"
_ALIKE = ("recipe", "data", "train_pictures", "test_pictures", "machine", "seed")
"""What a card says that is the same for all networks of the plan."""


def record(source: Source, *, names: tuple[str, ...] = ()) -> Iterator[dict[str, Any]]:
    """`runs`: each network's errors, epoch by epoch, and what its weights come to in the end; and how all were trained.

    Where the folder has not all of them, what was recorded before is kept. Raises `ValueError` where they were not trained alike.
    """
    wanted = names or tuple(job.name for job in read_plan(PLAN).jobs if isinstance(job, Job))
    folder = source.data
    if folder is None or not all((folder / f"{name}.json").is_file() for name in wanted):
        yield dict(source.known)
        return
    cards = {name: read_json(folder / f"{name}.json") for name in wanted}
    shared = {key: cards[wanted[0]][key] for key in _ALIKE}
    for name, card in cards.items():
        other = next((key for key in _ALIKE if card[key] != shared[key]), None)
        if other:
            raise ValueError(f"{wanted[0]} and {name} were not trained alike, {other} is {shared[other]!r} and {card[other]!r}")
    yield {**shared, "runs": [_run(folder, name, cards[name]) for name in source.each(wanted)]}


def _run(folder: Path, name: str, card: dict[str, Any]) -> dict[str, Any]:
    epochs = read_json(folder / f"{name}.history.json")["epochs"]
    return {
        "network": card["spec"],
        "train_error": [epoch["train_error"] for epoch in epochs],
        "test_error": [epoch["test_error"] for epoch in epochs],
        "test_accuracy": card["test_accuracy"],
        "duration_s": card["duration_s"],
    }
