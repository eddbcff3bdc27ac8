"""What a pass is said to take, held against what a process really takes."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils.flop_counter import FlopCounterMode

import resnet_viz
from resnet_viz import ResNetSpec, build, parse_network, plan
from resnet_viz.nets.cost import cost
from tests.conftest import specs

GROWTH, FIXED = 2, 32 * 2**20
"""A process may grow by so many times the estimate, and by what its libraries make once."""


@given(specs(largest_stage=2), st.integers(1, 3))
@settings(max_examples=20)
def test_weights_and_multiply_adds_are_exact(spec: ResNetSpec, batch: int) -> None:
    model = build(spec).eval()
    held = model.state_dict().values()
    found = cost(spec, 33, batch)
    assert found.weight_bytes == sum(t.numel() * t.element_size() for t in held)
    assert found.tensors == len(held)
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        model(torch.zeros(batch, spec.in_channels, 33, 33))
    assert found.macs == counter.get_total_flops() // 2


@given(specs(), st.integers(8, 64))
@settings(max_examples=60)
def test_costs_grow_in_the_order_of_what_is_kept(spec: ResNetSpec, size: int) -> None:
    one, four = cost(spec, size), cost(spec, size, 4)
    assert max(4 * math.prod(layer.out_shape) for layer in plan(spec, size).layers) < one.inference_bytes
    assert one.inference_bytes < one.capture_bytes
    assert plan(spec, size).activation_bytes < one.training_bytes
    assert one.inference_bytes < four.inference_bytes < 4 * one.inference_bytes + 1


_MEASURE = """
import os, sys, torch
from resnet_viz.nets.presets import parse_network
from resnet_viz.nets.resnet import build
from resnet_viz.probes.capture import capture

torch.set_num_threads(1)

def status(name):
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith(name))

def peak(work):
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")  # the high-water mark starts again from what is there now
    before = status("VmRSS")
    kept = work()
    return status("VmHWM") - before, kept

for line in sys.stdin:
    net, size, batch, kind = line.split()
    if not (child := os.fork()):
        spec = parse_network(net)
        x = torch.randn(int(batch), spec.in_channels, int(size), int(size))
        grown, model = peak(lambda: build(spec))
        if kind != "weight":
            model.train(kind == "training")
            with torch.set_grad_enabled(kind == "training"):
                names = spec.blocks if kind == "capture" else []
                grown, _ = peak(lambda: model(x).sum().backward() if kind == "training" else capture(model, x, names))
        print(grown, flush=True)
        os._exit(0)
    os.waitpid(child, 0)
"""


def grown(cases: list[tuple[str, int, int, str]]) -> list[int]:
    """Bytes by which a fresh process grows for each (network, size, batch, kind of pass)."""
    lines = "\n".join(" ".join(map(str, case)) for case in cases)
    root = Path(resnet_viz.__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", _MEASURE], input=lines, cwd=root, capture_output=True, text=True, check=True)
    return [int(line) for line in done.stdout.split()]


@pytest.mark.endurance
@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="the high-water mark of a process is read from /proc")
def test_no_pass_takes_more_than_is_said() -> None:
    """Wide and narrow, grouped, deep, large pictures and large batches; what is said is not far above what is taken either."""
    cases = [
        ("bottleneck-1-w256-g1x1-cifar-sA-in1-c10", 128, 1, "inference"),
        ("bottleneck-1-w64-g1x1-cifar-sA-in1-c10", 128, 1, "training"),
        ("bottleneck-1-w64-g32x1-cifar-sC-c10", 64, 8, "inference"),
        ("bottleneck-2.2.2-w16-g32x4-cifar-c10", 64, 8, "training"),
        ("basic-2.2.2-w32-cifar-sA-pre-c10", 32, 64, "training"),
        ("basic-2.2.2-w32-cifar-sC-nobn-c10", 32, 128, "inference"),
        ("basic-2.2.2-w32-cifar-sA-plain-c10", 32, 64, "capture"),
        ("basic-9.9.9-w16-cifar-sA-c10", 32, 64, "capture"),
        ("basic-18.18.18-w8-cifar2-sA-c10", 32, 128, "training"),
        ("basic-1.1.1.1-w128-c10", 64, 4, "inference"),
        ("basic-1.1.1.1-w128-c10", 64, 4, "weight"),
        ("basic-1-w4-cifar-c10", 512, 4, "training"),
        ("resnet18", 224, 2, "training"),
        ("resnet50", 224, 1, "inference"),
        ("basic-1-w4-c100000", 32, 8, "training"),
    ]
    for (net, size, batch, kind), taken in zip(cases, grown(cases), strict=True):
        found = cost(parse_network(net), size, batch)
        said = getattr(found, f"{kind}_bytes") + (4 * found.params if kind == "training" else 0)  # gradients
        assert taken <= GROWTH * said + FIXED, (net, kind, taken, said)
        assert said <= 2 * taken + FIXED, (net, kind, taken, said)
