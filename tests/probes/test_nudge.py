"""Nudges and gradient correlations are what loops by hand find, and as large as the lesson says."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from torch import Tensor, nn

from resnet_viz import ResNetSpec, build, parse_network
from resnet_viz.nets.resnet import ResNet
from resnet_viz.probes.nudge import dotted, frozen, gradient_correlation, noisy, nudge
from resnet_viz.studies.race import network
from resnet_viz.training.data.draw_shapes import draw_shapes
from resnet_viz.training.data.pictures import Pictures
from tests.conftest import specs

SPEC = parse_network("basic-1.1-w4-cifar-c10")


def pictures(count: int) -> Tensor:
    data = Pictures.of(draw_shapes(count=300))
    return data.normalised(*data.mean_std())[:count]


@pytest.fixture(scope="module")
def x() -> Tensor:
    return torch.randn(6, 3, 16, 16, generator=torch.Generator().manual_seed(1))


def state_of(model: nn.Module) -> tuple[bool, dict[str, Tensor], int]:
    hooks = sum(len(m._forward_hooks) + len(m._forward_pre_hooks) for m in model.modules())
    return model.training, {name: value.clone() for name, value in model.state_dict().items()}, hooks


def unchanged(model: nn.Module, before: tuple[bool, dict[str, Tensor], int]) -> bool:
    now = state_of(model)
    return now[0] == before[0] and now[2] == before[2] and all(torch.equal(now[1][k], before[1][k]) for k in before[1])


# Frozen


@given(specs(widths=(4, 8)))
def test_frozen_computes_what_training_mode_does_and_leaves_the_model_alone(spec: ResNetSpec) -> None:
    model = build(spec)
    batch = torch.randn(4, spec.in_channels, 32, 32, generator=torch.Generator().manual_seed(0))
    before = state_of(model.eval())
    held = frozen(model, batch)
    assert unchanged(model, before)
    assert not held.training
    with torch.no_grad():
        here, there = held(batch), model.train()(batch)
    torch.testing.assert_close(here, there, rtol=1e-3, atol=1e-3 * float(there.abs().max()))


def test_frozen_shares_the_parameters_and_stays_as_it_is(x: Tensor) -> None:
    model = build(SPEC)
    held = frozen(model, x)
    assert [id(p) for p in held.parameters()] == [id(p) for p in model.parameters()]
    with torch.no_grad():
        alone = torch.cat([held(picture[None]) for picture in x])
        torch.testing.assert_close(alone, held(x), rtol=1e-4, atol=1e-4)


def test_frozen_does_not_keep_hooks_when_the_batch_cannot_run() -> None:
    model = build(SPEC)
    with pytest.raises(RuntimeError):
        frozen(model, torch.randn(2, 5, 16, 16))
    assert state_of(model)[2] == 0


# Forwards


@pytest.mark.parametrize("training", [True, False])
def test_no_change_is_no_distance_and_changes_nothing(training: bool, x: Tensor) -> None:
    model = build(SPEC).train(training)
    before, random = state_of(model), torch.get_rng_state()
    found = nudge(model, x, 0.0)
    assert found.values == (0.0,) * len(SPEC.blocks)
    assert found.input == 0
    assert unchanged(model, before)
    assert torch.equal(torch.get_rng_state(), random)
    assert all(p.grad is None for p in model.parameters())


def by_hand(model: ResNet, x: Tensor, copies: Tensor, among: Tensor) -> Tensor:
    """(blocks, N): BN in training mode on `among`, running statistics taken over by a momentum of 1, hooks, two loops."""
    twin = build(model.spec)
    twin.load_state_dict(model.state_dict())
    biased = []
    for m in twin.modules():
        if isinstance(m, nn.BatchNorm2d):
            m.momentum = 1.0
            m.register_forward_hook(lambda m, inputs, _: biased.append((m, inputs[0].numel() // inputs[0].shape[1])))
    with torch.no_grad():
        twin.train()(among)
        for m, count in list(biased):
            m.running_var.mul_((count - 1) / count)  # training keeps the unbiased variance, and normalises with the other
    twin.eval()
    outputs: dict[str, list[Tensor]] = {name: [] for name in model.spec.blocks}
    for name in model.spec.blocks:
        twin.get_submodule(name).register_forward_hook(lambda m, i, out, name=name: outputs[name].append(out.double()))
    with torch.no_grad():
        for batch in (x, copies, among):
            twin(batch)
    rows = []
    for before, after, unit in outputs.values():
        pairs = sorted(float((unit[i] - unit[j]).norm()) for i in range(len(unit)) for j in range(i))
        middle = (pairs[(len(pairs) - 1) // 2] + pairs[len(pairs) // 2]) / 2
        rows.append(torch.tensor([float((a - b).norm()) / middle for a, b in zip(before, after, strict=True)]))
    return torch.stack(rows)


@pytest.mark.parametrize("name", ["basic-1.1-w4-cifar-c10", "bottleneck-2-w8-cifar-pre-c10", "basic-2.1-w4-cifar-c10-plain"])
def test_distances_are_those_of_a_loop_with_hooks(name: str, x: Tensor) -> None:
    model = build(parse_network(name), seed=3)
    for among in (None, torch.randn(5, 3, 16, 16, generator=torch.Generator().manual_seed(2))):
        found = nudge(model, x, 0.05, seed=4, among=among)
        expected = by_hand(model, x, noisy(x, 0.05, 4), x if among is None else among)
        torch.testing.assert_close(found.each.float(), expected, rtol=1e-3, atol=1e-5)
        assert found.values == pytest.approx(expected.quantile(0.5, dim=1).tolist(), rel=1e-3)
        assert found.names == model.spec.blocks


def test_the_features_asked_for_are_the_blocks(x: Tensor) -> None:
    model = build(SPEC)
    copies = x + 0.1
    found = nudge(model, x, other=copies, keep=["layer2.0"])
    held = frozen(model, x)
    with torch.no_grad():
        for batch, maps in zip((x, copies), found.maps["layer2.0"], strict=True):
            stem = held.relu(held.bn1(held.conv1(batch)))
            torch.testing.assert_close(maps, held.layer2(held.layer1(stem)), rtol=1e-4, atol=1e-4)
    assert list(found.maps) == ["layer2.0"]


def test_equal_pictures_have_no_unit() -> None:
    same = torch.ones(3, 3, 16, 16)
    found = nudge(build(SPEC), same, 0.1)
    assert found.each.isnan().all()


@pytest.mark.parametrize("amount", [0.0, 0.007, 2.0])
def test_noise_and_dots_have_the_length_asked_for(amount: float, x: Tensor) -> None:
    length = x.flatten(1).norm(dim=1)
    for copies in (noisy(x, amount, 7), dotted(x, (3, 5), amount)):
        assert (copies - x).flatten(1).norm(dim=1) / length == pytest.approx([amount] * len(x), rel=1e-3, abs=1e-6)
    assert torch.equal(noisy(x, amount, 7), noisy(x, amount, 7))


def test_a_dot_is_one_pixel_and_goes_to_the_other_side(x: Tensor) -> None:
    before = x.clone()
    change = dotted(x, (3, 5), 0.5) - x
    assert torch.equal(x, before)
    assert (change[:, :, 3, 5] * x[:, :, 3, 5] < 0).all()
    change[:, :, 3, 5] = 0
    assert not change.any()


def test_a_deep_plain_network_is_chaotic_and_its_twin_is_not() -> None:
    """The orders of magnitude that the lesson stands on, untrained, on pictures of shapes."""
    shapes = pictures(48)

    def last(spec: ResNetSpec) -> float:
        return nudge(build(spec), shapes).values[-1]

    assert last(network(56, plain=True)) >= 0.5
    assert last(network(56)) <= 0.15
    assert last(network(8, plain=True)) <= 0.15, "a shallow plain network is as steady"


# Backwards


@pytest.mark.parametrize("name", ["basic-1.1-w4-cifar-c10", "basic-2.2-w4-cifar-c10-plain"])
@pytest.mark.parametrize("own_statistics", [True, False])
def test_cosines_are_those_of_gradients_taken_one_by_one(name: str, own_statistics: bool, x: Tensor) -> None:
    model, count = build(parse_network(name), seed=2), 9
    found = gradient_correlation(model, x[0], x[1], count, target=4, among=None if own_statistics else x)
    line = torch.stack([x[0] + (x[1] - x[0]) * i / (count - 1) for i in range(count)])
    held = frozen(model, line if own_statistics else x)
    gradients = []
    for point in line:
        place = point[None].clone().requires_grad_()
        gradients.append(torch.autograd.grad(held(place)[0, 4], place)[0].double().flatten())
    assert found.lags == tuple(i / (count - 1) for i in range(count))
    for lag, value in enumerate(found.values):
        cosines = [torch.cosine_similarity(gradients[i], gradients[i + lag], dim=0) for i in range(count - lag)]
        assert value == pytest.approx(float(torch.stack(cosines).mean()), abs=1e-4)
    assert found.values[0] == pytest.approx(1)


def test_it_leaves_the_model_alone(x: Tensor) -> None:
    model = build(SPEC)
    before = state_of(model)
    with torch.no_grad():
        gradient_correlation(model, x[0], x[1], 5)
    assert unchanged(model, before)
    assert all(p.grad is None and p.requires_grad for p in model.parameters())
    assert not x.requires_grad


def test_gradients_that_are_zero_count_as_at_right_angles(x: Tensor) -> None:
    model = build(SPEC)
    nn.init.zeros_(model.fc.weight)
    assert gradient_correlation(model, x[0], x[1], 4).values == (0.0,) * 4


def test_a_deep_plain_networks_gradients_are_white_noise_and_its_twins_are_not() -> None:
    """Neighbours on a line of 257 points between two pictures of shapes (Balduzzi et al. 2017)."""
    start, end = pictures(2)
    plain, residual = (gradient_correlation(build(network(56, plain=skipless)), start, end) for skipless in (True, False))
    assert abs(plain.values[1]) < 0.15
    assert residual.values[1] > 0.5


# What is not accepted


def test_bad_input_is_quoted(x: Tensor) -> None:
    model = build(SPEC)
    for given_, message in (
        ({"x": x[0]}, r"x must be at least 1 picture, .*\(3, 16, 16\)"),
        ({"x": x[:1]}, r"x must be at least 2 pictures, .*\(1, 3, 16, 16\)"),
        ({"x": x[:1], "among": x[:1]}, r"among must be at least 2 pictures"),
        ({"x": x, "among": torch.zeros(4, 3, 8, 8)}, r"like x, \(3, 16, 16\), got \(3, 8, 8\)"),
        ({"x": x, "other": x[:2]}, r"shape of x, \(6, 3, 16, 16\), got \(2, 3, 16, 16\)"),
        ({"x": x, "keep": ["layer9.0"]}, r"'layer9.0'.*layer1.0 to layer2.0"),
        ({"x": x, "amount": -0.1}, "-0.1"),
        ({"x": x, "amount": float("nan")}, "nan"),
    ):
        with pytest.raises(ValueError, match=message):
            nudge(model, **given_)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"16×16, got \(16, 0\)"):
        dotted(x, (16, 0), 0.1)
    for given_, message in (
        ({"end": x[1][:, :8]}, r"\(3, 16, 16\) and \(3, 8, 16\)"),
        ({"points": 1}, "got 1"),
        ({"target": 10}, "0 to 9, got 10"),
        ({"among": x[:1]}, "among must be at least 2 pictures"),
    ):
        with pytest.raises(ValueError, match=message):
            gradient_correlation(model, x[0], **{"end": x[1], "points": 3} | given_)  # type: ignore[arg-type]
