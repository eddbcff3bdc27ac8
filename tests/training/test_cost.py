"""What a run is said to take, held against its operations, its checkpoint and its memory."""

from __future__ import annotations

import io
import re
from contextlib import nullcontext
from dataclasses import replace

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch.utils.flop_counter import FlopCounterMode

from resnet_viz import ResNetSpec, plan
from resnet_viz.jobs.limits import Limits
from resnet_viz.nets.cost import cost as network_cost
from resnet_viz.refused import Refused
from resnet_viz.studies.race import DEFAULT_RACE, DEPTHS, DRAMATIC_RACE, network
from resnet_viz.text import unbroken
from resnet_viz.training.cost import ENTRY, cost
from resnet_viz.training.experiment import Experiment
from resnet_viz.training.trainer import Trainer
from tests.conftest import specs


@st.composite
def experiments(draw: st.DrawFn) -> Experiment:
    """Any run on Shapes that is quick to begin."""
    return Experiment(
        replace(draw(specs(largest_stage=2)), in_channels=3, classes=10),
        data=draw(st.sampled_from(["shapes", "shapes-large"])),
        batch=draw(st.integers(2, 16)),
        steps=draw(st.integers(1, 3)),
        momentum=draw(st.sampled_from([0.0, 0.9])),
    )


@given(experiments())
@settings(max_examples=25)
def test_a_run_and_its_checkpoint(experiment: Experiment) -> None:
    """Multiply-adds to the last one; a checkpoint's file is no larger than said, and all that is said but the names is in it."""
    assume(experiment.spec.groups == 1)  # the counter counts the backward pass of grouped convolutions as if they had no groups
    trainer = Trainer(experiment)
    with FlopCounterMode(display=False) as counter:
        trainer.step()
    trainer.step() if experiment.steps > 1 else None
    e, found = experiment, cost(experiment)
    glimpse = plan(e.spec, trainer.images.shape[-1]).macs * len(trainer.watched)
    first = plan(e.spec, trainer.images.shape[-1]).by_name["conv1"].macs * e.batch  # the pictures want no gradient
    assert counter.get_total_flops() // 2 - glimpse == found.macs // e.steps - first
    buffer = io.BytesIO()
    torch.save(trainer.checkpoint(), buffer)
    tensors = network_cost(e.spec, trainer.images.shape[-1]).tensors * (2 if e.momentum else 1)
    assert found.checkpoint_bytes - ENTRY * tensors <= buffer.tell() <= found.checkpoint_bytes + 4096


def test_what_the_lesson_offers_is_permitted() -> None:
    """The longest run is the limit: nothing else may take more than it."""
    longest = Experiment(network(DEPTHS[-1]), data="shapes-large", steps=Limits().steps)
    assert 0.99 * Limits().macs < cost(longest).macs <= Limits().macs
    widest = Experiment(network(DEPTHS[-1]), data="shapes-large", batch=256)
    assert 0.8 * Limits().memory_bytes < cost(widest).memory_bytes <= Limits().memory_bytes
    for experiment in (longest, widest, *DEFAULT_RACE, *DRAMATIC_RACE):
        Limits().check(experiment)


@pytest.mark.parametrize(
    ("text", "limit", "value"),
    [
        ("basic-1.1.1.1-w340-c10~steps900~batch8", "32 MiB", "1,054 MiB"),
        ("basic-18.18.18-w128-cifar-sA-c10~steps2000", "6.1 trillion", "1,551.4 trillion"),
        ("bottleneck-1-w64-g1x1-cifar-sA-c10~steps1~batch512", "320 MiB", "1,093 MiB"),
        ("basic-1.1.1-w8-cifar2-sA-c10~steps2001", "2,000 steps", "2,001 steps"),
        ("basic-20.20.20-w8-cifar2-sA-c10", "depth 110", "depth 122"),
    ],
)
def test_more_is_refused_with_the_limit_and_the_value(text: str, limit: str, value: str) -> None:
    with pytest.raises(Refused) as caught:
        Limits().check(Experiment.parse(text))
    assert unbroken(limit) in str(caught.value)
    assert unbroken(value) in str(caught.value)
    numbers = re.compile(r"\d[\d,.]*\d")
    assert sorted(numbers.findall(str(caught.value))) == sorted(numbers.findall(caught.value.said("zh")))


@given(specs(largest_stage=18, widths=(2, 8, 64, 512, 4096)), st.integers(2, 1024), st.integers(1, 2000))
@settings(max_examples=200)
def test_whatever_passes_is_bounded(spec: ResNetSpec, batch: int, steps: int) -> None:
    """Of all that can be asked for, what is permitted stays below every limit, and is found out without building anything."""
    experiment = Experiment(replace(spec, in_channels=3, classes=10), batch=batch, steps=steps)
    limits, found = Limits(), cost(experiment)
    fits = (
        steps <= limits.steps
        and experiment.spec.depth <= limits.depth
        and found.macs <= limits.macs
        and found.checkpoint_bytes <= limits.checkpoint_bytes
        and found.memory_bytes <= limits.memory_bytes
    )
    with nullcontext() if fits else pytest.raises(Refused):
        limits.check(experiment)
