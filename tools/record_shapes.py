"""Train and ship the networks that lessons measure live: plain and residual, 20 and 56 layers, on Shapes, as the race does.

OMP_NUM_THREADS=1 python tools/record_shapes.py
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import torch

import resnet_viz
from resnet_viz.recorder.publish import ship
from resnet_viz.studies.race import network
from resnet_viz.training.experiment import Experiment
from resnet_viz.training.trainer import StepRecord, Trainer, pictures

OUT = Path(resnet_viz.__file__).parent / "nets" / "trained"


def record(experiment: Experiment) -> dict[str, object]:
    """One run, shipped with the norms of its layers."""
    started = time.time()
    trainer = Trainer(experiment)
    steps = [trainer.step() for _ in range(experiment.steps)]
    e = experiment
    facts = {
        "data": f"Shapes, drawn from seed {e.seed}",
        "recipe": f"SGD, momentum {e.momentum:g}, batch {e.batch}, learning rate {e.lr:g}, {e.steps} steps",
        "seed": e.seed,
        "duration_s": round(time.time() - started),
        "command": "python tools/record_shapes.py",
        "experiment": str(e),
        "train_error": round(steps[-1].smooth_error, 4),
    }
    train, test = pictures(e.data, e.seed)
    mean, std = train.mean_std()
    return ship(trainer.model, str(e.spec), facts, OUT, train=train, test=test, mean=mean, std=std, history=_norms(steps))


def _norms(steps: list[StepRecord]) -> dict[str, Any]:
    """The norms of all layers as the recorder of real runs writes them; step 0 is the gradient before the first update."""
    noted = [step for step in steps if step.layers]
    layers: dict[str, dict[str, list[float]]] = {}
    for step in noted:
        for name, note in (step.layers or {}).items():
            own = layers.setdefault(name, {"weight_norm": [], "weight_grad_norm": []})
            own["weight_norm"].append(float(f"{note.weight_norm:.5g}"))
            own["weight_grad_norm"].append(float(f"{note.grad_norm:.5g}"))
    return {"steps": [step.step - 1 for step in noted], "layers": layers}


if __name__ == "__main__":
    torch.set_num_threads(1)
    for depth in (20, 56):
        for plain in (True, False):
            card = record(Experiment(network(depth, plain=plain)))
            print(card["spec"], card["train_error"], card["test_accuracy"], flush=True)
