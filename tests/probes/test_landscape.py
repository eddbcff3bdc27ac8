"""The loss on a plane of weights, held against networks whose weights were moved by hand."""

from __future__ import annotations

import copy
from itertools import islice, pairwise

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from resnet_viz import build, parse_network
from resnet_viz.nets.resnet import ResNet
from resnet_viz.probes.landscape import Plane, axis, directions, landscape, levels, order, surface_points, terrain

SPEC = parse_network("basic-1.1.1-w4-cifar-sB-c10")
LABELS = torch.arange(12) % 10


@pytest.fixture(scope="module")
def x() -> Tensor:
    return torch.rand(12, 3, 8, 8, generator=torch.Generator().manual_seed(0))


def trained_a_little(x: Tensor) -> ResNet:
    """A network whose BN parameters and running statistics are no longer the initial ones."""
    model = build(SPEC, 1)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(3):
        optimiser.zero_grad()
        F.cross_entropy(model(x), LABELS).backward()
        optimiser.step()
    return model


def by_hand(model: ResNet, x: Tensor, a: float, b: float, seed: int) -> float:
    moved = copy.deepcopy(model).train()
    one, two = directions(model, seed)
    state = {name: w + a * one[name] + b * two[name] if name in one else w for name, w in model.state_dict().items()}
    moved.load_state_dict(state)
    with torch.no_grad():
        return F.cross_entropy(moved(x), LABELS).item()


def test_every_point_is_the_loss_of_a_network_moved_by_hand(x: Tensor) -> None:
    model, at = trained_a_little(x), axis(5, 0.7)
    points = list(landscape(model, x, LABELS, side=5, reach=0.7, seed=3))
    wanted = [by_hand(model, x, at[p.column], at[p.row], 3) for p in points]
    assert [p.loss for p in points] == pytest.approx(wanted, abs=1e-5)
    assert len({round(loss, 4) for loss in wanted}) > 20


def test_the_centre_is_the_loss_of_the_network_in_training_mode(x: Tensor) -> None:
    model = trained_a_little(x)
    found = {(p.row, p.column): p.loss for p in landscape(model.eval(), x, LABELS, side=3)}
    in_training = F.cross_entropy(copy.deepcopy(model).train()(x), LABELS).item()
    assert found[1, 1] == pytest.approx(in_training, abs=1e-5)
    assert found[1, 1] != pytest.approx(F.cross_entropy(model(x), LABELS).item(), abs=1e-3), "not with running statistics"


def test_each_filter_of_a_direction_is_as_long_as_the_filter_it_moves() -> None:
    model = build(SPEC)
    for direction in directions(model, 5):
        for name, d in direction.items():
            assert torch.allclose(d.flatten(1).norm(dim=1), model.get_parameter(name).flatten(1).norm(dim=1), rtol=1e-5)


def test_biases_and_bn_do_not_move() -> None:
    model = build(SPEC)
    moving = set(directions(model)[0])
    still = {name for name, _ in model.named_parameters()} - moving
    assert moving == {name for name, p in model.named_parameters() if p.dim() > 1}
    assert "fc.bias" in still
    assert "bn1.weight" in still


def test_directions_depend_on_the_seed_and_the_name_alone() -> None:
    residual, plain = build(SPEC), build(SPEC.plain(), 7)
    ours, twins = directions(residual, 2), directions(plain, 2)
    for one, two in zip(ours, twins, strict=True):
        for name in two:
            assert torch.allclose(F.normalize(one[name].flatten(1)), F.normalize(two[name].flatten(1)), atol=1e-6)
    name = "layer1.0.conv1.weight"
    assert torch.equal(directions(residual, 2)[1][name], ours[1][name])
    flat = [F.normalize(d[name].flatten(), dim=0) for d in (*ours, directions(residual, 3)[0])]
    assert all(abs(float(a @ b)) < 0.5 for i, a in enumerate(flat) for b in flat[:i])


def test_the_network_is_left_as_it_is_also_when_nobody_wants_the_rest(x: Tensor) -> None:
    model = trained_a_little(x).eval()
    model.layer1.train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    modes = [m.training for m in model.modules()]
    gradients = {name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None}
    assert gradients
    list(islice(landscape(model, x, LABELS), 4))
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())
    assert [m.training for m in model.modules()] == modes
    after = {name: p.grad for name, p in model.named_parameters() if p.grad is not None}
    assert after.keys() == gradients.keys()
    assert all(torch.equal(gradients[name], value) for name, value in after.items())


@pytest.mark.parametrize("side", [3, 5, 11, 17, 25])
def test_the_order_covers_the_grid_once_and_coarse_to_fine(side: int) -> None:
    assert sorted(order(side)) == [(i, j) for i in range(side) for j in range(side)]
    found = levels(side)
    assert found[0] == [0, side // 2, side - 1]
    assert found[-1] == list(range(side))
    for coarse, fine in pairwise(found):
        assert set(coarse) < set(fine)
        assert {side - 1 - i for i in fine} == set(fine), "the same on both sides of the middle"
    for lines in found:
        assert {*order(side)[: len(lines) ** 2]} == {(i, j) for i in lines for j in lines}


def test_a_workers_share_is_part_of_the_landscape(x: Tensor) -> None:
    model = build(SPEC)
    whole = {(p.row, p.column): p.loss for p in landscape(model, x, LABELS, side=5, seed=1)}
    places = [(0, 3), (4, 4), (2, 2)]
    assert surface_points(Plane(model, x, LABELS, 1), 5, 1.0, places) == pytest.approx([whole[p] for p in places], abs=1e-6)


def test_the_scale_of_weights_before_bn_changes_nothing(x: Tensor) -> None:
    """What filter normalisation is for: BN takes the scale out of the loss, and the direction takes it out of the step."""
    model = build(SPEC)
    large = copy.deepcopy(model)
    with torch.no_grad():
        for m in large.modules():
            if isinstance(m, nn.Conv2d):
                m.weight.mul_(30)
    one, two = (Plane(m, x, LABELS) for m in (model, large))
    for a, b in ((0.5, 0.0), (-1.0, 1.0)):
        assert two.loss(a, b) == pytest.approx(one.loss(a, b), rel=1e-2)


def test_terrain_tells_a_bowl_from_noise() -> None:
    at = np.linspace(-1, 1, 41)
    bowl = terrain(at[:, None] ** 2 + 2 * at**2)
    assert (bowl.local_minima, bowl.centre, bowl.low, bowl.high) == (1, 0.0, 0.0, 3.0)
    assert bowl.roughness < 0.1
    assert terrain((at[:, None] ** 2 + 2 * at**2)[::4, ::4]).roughness > 3 * bowl.roughness, (
        "in finer steps a bowl looks smoother"
    )
    assert terrain(at[:, None] + 3 * at).roughness == pytest.approx(0, abs=1e-9)
    noise = terrain(np.random.default_rng(0).normal(size=(400, 400)))
    assert noise.roughness == pytest.approx(1, abs=0.01)
    assert noise.local_minima / noise.inner == pytest.approx(1 / 9, abs=0.005)
    assert terrain(np.ones((3, 3))).roughness == 0


def test_what_makes_no_surface_is_refused(x: Tensor) -> None:
    with pytest.raises(ValueError, match="got 4"):
        axis(4)
    with pytest.raises(ValueError, match="1 and 1"):
        Plane(build(SPEC), x[:1], LABELS[:1])
    with pytest.raises(ValueError, match="12 and 3"):
        Plane(build(SPEC), x, LABELS[:3])
    with pytest.raises(ValueError, match="finite"):
        terrain(np.full((3, 3), np.nan))
