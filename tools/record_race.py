"""Record the races and the sweep of depths with which the degradation lesson opens.

OMP_NUM_THREADS=1 python tools/record_race.py
"""

from __future__ import annotations

import datetime
import json
import platform
from pathlib import Path
from typing import Any

import torch

import resnet_viz
from resnet_viz.studies.depth_sweep import Sweep
from resnet_viz.studies.race import DEFAULT_RACE, DRAMATIC_RACE
from resnet_viz.training.experiment import Experiment
from resnet_viz.training.records import StepRecord
from resnet_viz.training.trainer import Trainer

OUT = Path(resnet_viz.__file__).parent / "studies" / "recorded"


def record(experiment: Experiment) -> dict[str, object]:
    """One run, as the lesson shows it."""
    trainer = Trainer(experiment)
    steps = [trainer.step() for _ in range(experiment.steps)]
    return {
        "experiment": str(experiment),
        "error": [round(step.smooth_error, 4) for step in steps],
        "loss": [round(step.smooth_loss, 4) for step in steps],
        "test_error": trainer.test_error(),
        "glimpses": [_short(step) for step in steps if step.glimpse],
    }


def _short(record: StepRecord) -> list[Any]:
    """The step and what was seen at it, with two digits a weight: a filter is shown in 256 levels at most."""
    assert record.glimpse
    filters, guesses = record.glimpse
    return [record.step, [[round(weight, 2) for weight in weights] for weights in filters], guesses]


def error(experiment: Experiment) -> float:
    """Training error at the end of one run, smoothed."""
    trainer = Trainer(experiment)
    return round([trainer.step().smooth_error for _ in range(experiment.steps)][-1], 4)


def write(name: str, **recorded: object) -> None:
    """A recording and how it was made."""
    made = {
        "made": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "machine": f"{platform.machine()} CPU, torch {torch.__version__.split('+')[0]}",
        "code_version": resnet_viz.__version__,
    }
    (OUT / name).write_text(json.dumps(made | recorded) + "\n", encoding="utf-8")


if __name__ == "__main__":
    torch.set_num_threads(1)
    write("race.json", runs=[record(e) for e in dict.fromkeys((*DEFAULT_RACE, *DRAMATIC_RACE))])
    sweep = Sweep()
    write("sweep.json", sweep=str(sweep), errors=[error(e) for e in sweep.experiments])
