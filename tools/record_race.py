"""Record the races with which the degradation lesson opens.

OMP_NUM_THREADS=1 python tools/record_race.py
"""

from __future__ import annotations

import datetime
import json
import platform
from pathlib import Path

import torch

import resnet_viz
from resnet_viz.lab.experiment import Experiment, Trainer
from resnet_viz.lab.race import DEFAULT_RACE, DRAMATIC_RACE

OUT = Path(resnet_viz.__file__).parent / "lab" / "recorded" / "race.json"


def record(experiment: Experiment) -> dict[str, object]:
    """One run, as the lesson shows it."""
    trainer = Trainer(experiment)
    steps = [trainer.step() for _ in range(experiment.steps)]
    return {
        "experiment": str(experiment),
        "error": [round(step.smooth_error, 4) for step in steps],
        "loss": [round(step.smooth_loss, 4) for step in steps],
        "test_error": trainer.test_error(),
    }


if __name__ == "__main__":
    torch.set_num_threads(1)
    wanted = list(dict.fromkeys((*DEFAULT_RACE, *DRAMATIC_RACE)))
    recording = {
        "made": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "machine": f"{platform.machine()} CPU, torch {torch.__version__.split('+')[0]}",
        "code_version": resnet_viz.__version__,
        "runs": [record(experiment) for experiment in wanted],
    }
    OUT.write_text(json.dumps(recording) + "\n", encoding="utf-8")
