"""A block taken apart is the block: its lines of code run, and the numbers followed by hand come out."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resnet_viz import ResNetSpec, build, capture, preset, trained
from resnet_viz.probes.steps import BlockSteps, block_steps, by_hand

SPECS = [
    ResNetSpec(
        block=block, stages=(1, 2), width=8, stem="cifar", shortcut=shortcut, order=order, norm=norm, classes=10, skips=skips
    )
    for block in ("basic", "bottleneck")
    for shortcut in ("A", "B", "C")
    for order in ("post", "pre")
    for norm in ("batch", "none")
    for skips in ("all", "none")
]
CASES = [(spec, block) for spec in SPECS for block in ("layer1.0", "layer2.0", "layer2.1")]
X = torch.randn(1, 3, 16, 12, generator=torch.Generator().manual_seed(1))


def ready(spec: ResNetSpec) -> torch.nn.Module:
    """A network whose BN does something."""
    model = build(spec, 3)
    with torch.no_grad():
        model.train()(torch.randn(4, 3, 16, 16, generator=torch.Generator().manual_seed(2)))
        for name, parameter in model.named_parameters():
            if "bn" in name:
                parameter.add_(0.1)
    return model.eval()


@pytest.mark.parametrize(("spec", "block"), CASES, ids=str)
def test_the_lines_of_code_run_and_give_the_values(spec: ResNetSpec, block: str) -> None:
    model = ready(spec)
    found = block_steps(model, X, block)
    names = {"self": model.get_submodule(block), "x": found.steps[0].value}
    with torch.no_grad():
        for step in found.steps:
            exec(step.code, names)
            if step.code != "x":
                assert torch.equal(names[step.code.split(" = ")[0]], step.value), step.code
    assert torch.equal(found.steps[-1].value, capture(model, X, [block])[block])


@pytest.mark.parametrize(("spec", "block"), CASES, ids=str)
def test_numbers_followed_by_hand_come_out(spec: ResNetSpec, block: str) -> None:
    model = ready(spec)
    steps = block_steps(model, X, block)
    for place in ((0, 0, 0), (5, 3, 2), (31, 7, 5)):
        for step, hand in zip(steps.steps, by_hand(model, steps, place), strict=True):
            assert hand.result == float(step.value[0, hand.channel, hand.row, hand.column])
            assert hand.result == pytest.approx(recomputed(step.kind, hand), abs=2e-5), (step.code, hand)


def recomputed(kind: str, hand: object) -> float:
    """The arithmetic that the page writes out."""
    parts, products = hand.parts, hand.products  # type: ignore[attr-defined]
    match kind:
        case "conv":
            return sum(p.value * p.weight for p in products) + parts[0]
        case "bn":
            v, mean, variance, eps, scale, shift = parts
            return scale * (v - mean) / math.sqrt(variance + eps) + shift
        case "relu":
            return max(parts[0], 0.0)
        case "add":
            return parts[0] + parts[1]
        case "zero-pad":
            return parts[0] if parts else 0.0
    return hand.result  # type: ignore[attr-defined]


@pytest.mark.parametrize("spec", [s for s in SPECS if s.skips == "all" and s.shortcut != "C"], ids=str)
def test_a_silent_branch_makes_the_block_the_identity_bit_for_bit(spec: ResNetSpec) -> None:
    model = ready(spec)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    steps = block_steps(model, X, "layer2.1", zero_branch=True)
    branch = steps.of_term("F")
    assert branch
    assert not branch.value.any()
    assert torch.equal(steps.steps[-1].value, steps.steps[0].value)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    for step, hand in zip(steps.steps, by_hand(model, steps, (1, 1, 1)), strict=True):
        assert hand.result == pytest.approx(recomputed(step.kind, hand), abs=2e-5)


def test_zero_gamma_is_the_same_thing_at_the_start_of_training() -> None:
    spec = ResNetSpec(stages=(2,), width=8, stem="cifar", classes=10, zero_gamma=True)
    zeroed = block_steps(
        build(ResNetSpec(stages=(2,), width=8, stem="cifar", classes=10)).eval(), X, "layer1.1", zero_branch=True
    )
    fresh = block_steps(build(spec).eval(), X, "layer1.1")
    for step in (zeroed, fresh):
        assert torch.equal(step.steps[-1].value, step.steps[0].value)


def test_the_largest_products_come_first_and_none_is_lost() -> None:
    model = trained("cifar_resnet20")
    x = torch.randn(1, 3, 32, 32)
    steps = block_steps(model, x, "layer3.0")
    hand = by_hand(model, steps, (9, 4, 4), products=10_000)[2]
    assert hand.terms == len(hand.products) == 32 * 9
    sizes = [abs(p.value * p.weight) for p in hand.products]
    assert sizes == sorted(sizes, reverse=True)
    assert hand.parts[0] == pytest.approx(0, abs=1e-9)
    source = steps.steps[0].value[0]
    for p in hand.products:
        inside = 0 <= p.row < source.shape[1] and 0 <= p.column < source.shape[2]
        assert p.value == (float(source[p.channel, p.row, p.column]) if inside else 0.0)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.tuples(*[st.integers(-5, 100)] * 3))
def test_any_place_is_brought_inside(place: tuple[int, int, int]) -> None:
    steps = _cached()
    for step, hand in zip(steps[1].steps, by_hand(steps[0], steps[1], place), strict=True):
        _, c, h, w = step.value.shape
        assert 0 <= hand.channel < c
        assert 0 <= hand.row < h
        assert 0 <= hand.column < w


_made: list[tuple[torch.nn.Module, BlockSteps]] = []


def _cached() -> tuple[torch.nn.Module, BlockSteps]:
    if not _made:
        model = ready(SPECS[0])
        _made.append((model, block_steps(model, X, "layer2.0")))
    return _made[0]


def test_a_block_that_is_not_there_is_quoted() -> None:
    with pytest.raises(KeyError, match=r"layer9\.9"):
        block_steps(build(preset("cifar_resnet20")), X, "layer9.9")
