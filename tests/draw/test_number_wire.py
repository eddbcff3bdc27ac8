"""The wire of a block: a stop for each step, all of them on the drawing and none on another."""

from __future__ import annotations

import re
from itertools import combinations

import pytest
import torch

from resnet_viz import build, parse_network, plan
from resnet_viz.draw.number_wire import number_wire
from resnet_viz.probes.steps import block_steps
from resnet_viz.text import lesson

NETS = [
    "cifar_resnet20",
    "basic-1.1-w4-cifar-c5-pre",
    "bottleneck-1.1-w4-cifar-c5",
    "bottleneck-1.1-w4-cifar-sC-pre-c5",
    "basic-2.2-w4-cifar-nobn-c5-cut1.0",
]


def stops(svg: str) -> list[tuple[int, float, float]]:
    """(step, x, y) of each."""
    found = []
    for group in re.findall(r"<g [^>]*class=\"stop\"[^>]*>", svg):
        step = re.search(r'data-step="(\d+)"', group)
        at = re.search(r"translate\(([\d.-]+) ([\d.-]+)\)", group)
        assert step
        assert at
        found.append((int(step[1]), float(at[1]), float(at[2])))
    return found


@pytest.mark.parametrize("tall", [False, True])
@pytest.mark.parametrize("net", NETS)
def test_each_step_has_its_stop_and_no_two_lie_on_each_other(net: str, tall: bool) -> None:
    spec = parse_network(net)
    model, x = build(spec).eval(), torch.rand(1, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    for block in plan(spec, 16).blocks:
        with torch.no_grad():
            steps = [step.name for step in block_steps(model, x, block.name).steps]
        svg = number_wire(block, steps, lesson("diagram").labels, {steps[0]: "x"}, tall=tall)
        found = stops(svg)
        assert {step for step, _, _ in found} == {*range(len(steps))}
        box = re.search(r'viewBox="0 0 (\d+) (\d+)"', svg)
        assert box
        width, height = map(int, box.groups())
        assert all(0 < across < width and 0 < down < height for _, across, down in found)
        assert all(abs(a[1] - b[1]) + abs(a[2] - b[2]) > 24 for a, b in combinations(found, 2))
        operations = set(re.findall(r'data-name="([^"]+)"', svg))
        assert operations == {layer.name for layer in block.layers}
        assert ('class="arc' in svg) == (block.shortcut != "none")


@pytest.mark.parametrize("net", [*NETS, "basic-1.1-w4-cifar-nobn-c5-pre"])
def test_no_number_is_cut_and_no_name_lies_on_an_operation(net: str) -> None:
    """The wide drawing, in its longest and its shortest block; a letter of the bold names is 7.4 wide."""
    for block in plan(parse_network(net), 16).blocks:
        layers = [layer for layer in block.layers if not layer.on_shortcut]
        steps = [layers[0].inputs[0], *(layer.name for layer in block.layers)]
        names = {layers[-1].name: "y" if layers[-1].kind == "add" else "ReLU(y)", steps[0]: "x"}
        svg = number_wire(block, steps, lesson("diagram").labels, names, tall=False)
        boxes = re.findall(r'<rect [^>]*class="cell"[^>]*>', svg)
        ends = [sum(float(value) for value in re.findall(r' (?:x|width)="([\d.-]+)"', box)) for box in boxes]
        written = re.findall(r'<text x="([\d.-]+)"[^>]*class="[^"]*\bname\b[^"]*"[^>]*>([^<]+)', svg)
        assert {text for _, text in written} == {*names.values()}
        for at, text in written:
            left, right = (float(at) + sign * 3.7 * len(text) for sign in (-1, 1))
            assert right <= 800
            assert left >= (max(ends) if text != "x" else 0)
        assert all(31 <= at <= 800 - 31 for _, at, _ in stops(svg))
