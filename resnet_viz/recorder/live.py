"""`record_live`: train an experiment as the app's workers train it, and publish the network that comes of it."""

from __future__ import annotations

import time
from typing import Any

import torch

from resnet_viz.recorder import history
from resnet_viz.recorder.files import machine
from resnet_viz.recorder.plans import LiveJob
from resnet_viz.recorder.publish import publish
from resnet_viz.recorder.tasks import Task, Tell, material, save_checkpoint, saved_checkpoint
from resnet_viz.training.trainer import Trainer

SAVE_EVERY = 100
"""Steps between two checkpoints."""


def record_live(task: Task, job: LiveJob, tell: Tell) -> dict[str, Any]:
    """Train and write the network's files; the card is returned. Raises `ValueError` where the run diverges."""
    torch.set_num_threads(1)  # as a worker has
    e, trainer, noted, before = job.experiment, Trainer(job.experiment), history.empty(), 0.0
    if saved := saved_checkpoint(task):
        trainer.restore(saved)
        noted, before = saved["history"], saved["seconds"]
    started = time.perf_counter()
    while trainer.done < e.steps:
        step = trainer.step()
        if step.stopped:
            raise ValueError(f"{job.name} {step.stopped} in step {step.step}")
        if step.layers:  # the gradient of step 0 is that before the first update
            layers = {name: {"weight_norm": n.weight_norm, "weight_grad_norm": n.grad_norm} for name, n in step.layers.items()}
            history.note(noted, step.step - 1, layers)
        if trainer.done % SAVE_EVERY == 0 or trainer.done == e.steps:
            save_checkpoint(task, trainer.checkpoint() | {"history": noted, "seconds": before + time.perf_counter() - started})
            tell(job.name, trainer.done, e.steps)
    facts = {
        "data": task.data_name,
        "recipe": job.recipe,
        "seed": e.seed,
        "duration_s": round(before + time.perf_counter() - started),
        "machine": machine(),
        "command": task.command,
        "experiment": str(e),
        "train_error": round(trainer.smooth[1], 4),
    }
    train, test, _ = material(task)
    mean, std = train.mean_std()
    layers_only = {key: noted[key] for key in ("steps", "layers")}
    card = publish(trainer.model, job.name, facts, task.out, train=train, test=test, mean=mean, std=std, history=layers_only)
    task.checkpoint.unlink()
    return card
