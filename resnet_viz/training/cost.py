"""What a whole run takes, by arithmetic alone: its time in multiply-adds, its checkpoint and its memory in bytes."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from resnet_viz.nets.cost import FLOAT
from resnet_viz.nets.cost import cost as network_cost
from resnet_viz.training.data.sources import former
from resnet_viz.training.experiment import TEST_BATCH, Experiment

PASSES = 3
"""A forward pass and a backward pass, which computes two gradients where the forward pass computes one result."""
ENTRY = 512
"""Bytes that a checkpoint spends on the name, the shape and the place of one tensor, at most."""


class RunCost(NamedTuple):
    """One training run."""

    macs: int
    """Multiply-adds of all its steps."""
    checkpoint_bytes: int
    """Weights, BN's running statistics and what the optimiser remembers, as they are saved."""
    memory_bytes: int
    """The most that a worker holds for it at once, besides the pictures of the data set."""


@lru_cache(maxsize=512)
def cost(experiment: Experiment) -> RunCost:
    """What the run of an experiment takes.

    >>> from resnet_viz.nets.spec import ResNetSpec
    >>> small = Experiment(ResNetSpec(stages=(1, 1, 1), width=8, stem="cifar/2", shortcut="A", classes=10), steps=300)
    >>> cost(small).macs
    11431526400
    """
    e = experiment
    size = former(e.data).size
    training, testing = network_cost(e.spec, size, e.batch), network_cost(e.spec, size, TEST_BATCH)
    parameters = FLOAT * training.params
    momentum = parameters if e.momentum else 0
    checkpoint = training.weight_bytes + momentum + ENTRY * training.tensors * (2 if e.momentum else 1)
    return RunCost(
        macs=PASSES * training.macs * e.steps,
        checkpoint_bytes=checkpoint,
        memory_bytes=training.weight_bytes
        + parameters  # gradients
        + momentum
        + max(training.training_bytes, testing.inference_bytes, 2 * checkpoint),
    )
