"""A head on fixed features, each answer by two routes."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import Tensor, nn

from resnet_viz.nets.resnet import build
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.probes.capture import capture
from resnet_viz.probes.features import BATCH, features
from resnet_viz.probes.few_pictures import COUNTS, _drawn, accuracy_by_count, nearest
from resnet_viz.probes.linear_head import DECAY, held_out, leave_one_out, train_head

SMALL = ResNetSpec(stages=(1, 1), width=4, stem="cifar", shortcut="A", classes=3)


def examples(count: int = 7, size: int = 5, classes: int = 3, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Features that overlap, with a mean far from 0, and labels of which each class has some."""
    generator = torch.Generator().manual_seed(seed)
    labels = torch.arange(count * classes) % classes
    return torch.randn(len(labels), size, generator=generator) + 5 + labels[:, None] * 0.7, labels


def optimum(x: Tensor, labels: Tensor, classes: int) -> nn.Linear:
    """The layer with the smallest loss, found by torch's L-BFGS on the weights themselves."""
    centred = x.double() - x.double().mean(0)
    scale = centred.square().sum(1).mean().sqrt()
    layer = nn.Linear(x.shape[1], classes).double()
    nn.init.zeros_(layer.weight)
    optimiser = torch.optim.LBFGS(layer.parameters(), max_iter=500, tolerance_grad=1e-10, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimiser.zero_grad()
        found = nn.functional.cross_entropy(layer(centred / scale), labels) + DECAY / 2 * layer.weight.square().sum()
        found.backward()
        return found

    optimiser.step(loss)
    with torch.no_grad():
        layer.weight /= scale
        layer.bias -= layer.weight @ x.double().mean(0)
        layer.bias -= layer.bias.mean()  # which softmax does not see
    return layer


@pytest.mark.parametrize("size", [2, 5, 40])
def test_the_trained_head_is_the_optimum(size: int) -> None:
    x, labels = examples(size=size)
    head, best = train_head(x, labels, 3), optimum(x, labels, 3)
    torch.testing.assert_close(head.weight.double(), best.weight, atol=2e-3, rtol=2e-3)
    torch.testing.assert_close(head.logits(x).softmax(1).double(), best(x.double()).softmax(1), atol=2e-3, rtol=0)
    assert head.losses[0] == pytest.approx(torch.tensor(3.0).log().item())
    assert head.losses[-1] == pytest.approx(min(head.losses), abs=1e-5)


@pytest.mark.parametrize("size", [3, 40])
def test_leaving_one_out_is_training_without_it(size: int) -> None:
    x, labels = examples(size=size)
    naive = []
    for i in range(len(labels)):
        others = torch.arange(len(labels)) != i
        naive.append(int(train_head(x[others], labels[others], 3).logits(x[i]).argmax()))
    assert leave_one_out(x, labels, 3).tolist() == naive
    assert naive != labels.tolist()  # else any answer would do


def test_other_features_are_asked_about_the_same_heads() -> None:
    x, labels = examples()
    asked = x.flip(1)
    rows = torch.tensor([[0, 1, 2, 3, 4, 5]])
    logits = held_out(x, labels, 3, rows, torch.tensor([8]), asked)[0]
    head = train_head(x[rows[0]], labels[rows[0]], 3)
    torch.testing.assert_close(logits.float(), head.logits(asked[8]), atol=1e-4, rtol=1e-4)


def test_accuracy_by_count_is_training_on_what_was_drawn() -> None:
    x, labels = examples(count=4)
    found = accuracy_by_count(x, labels, 3, draws=2)
    assert [point.pictures for point in found] == [1, 2, 3]
    for point in found:
        rows, tested = _drawn(labels, 3, point.pictures, 2)
        right = []
        for own, asked in zip(rows, tested, strict=True):
            assert int(asked) not in own.tolist()
            assert torch.bincount(labels[own], minlength=3).tolist() == [point.pictures] * 3
            right.append(int(train_head(x[own], labels[own], 3).logits(x[asked]).argmax()) == int(labels[asked]))
        assert point.accuracy == pytest.approx(sum(right) / len(right))


def test_counts_end_before_the_smallest_class_does() -> None:
    x, labels = examples(count=20)
    fewer = torch.cat([torch.arange(0, 60, 3), torch.arange(1, 60, 3), torch.tensor([2, 5, 8, 11])])
    assert [point.pictures for point in accuracy_by_count(x[fewer], labels[fewer], 3)] == [1, 2, 3]
    assert [point.pictures for point in accuracy_by_count(x, labels, 3)] == [c for c in COUNTS if c < 19] + [19]
    assert accuracy_by_count(x[:3], labels[:3], 3) == ()


def test_more_than_are_held_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    x, labels = examples()
    whole = accuracy_by_count(x, labels, 3)
    monkeypatch.setattr("resnet_viz.probes.few_pictures._MOST_AT_ONCE", 13_000)  # 40 of the 84 largest
    assert accuracy_by_count(x, labels, 3) == whole


def test_the_nearest_is_the_nearest() -> None:
    x, _ = examples()
    index, cosine = nearest(x[4] + 0.01, x)
    assert index == 4
    assert cosine == pytest.approx(1, abs=1e-3)
    by_hand = min(range(len(x)), key=lambda i: float((x[i] - x.mean(0)).norm()))
    assert nearest(x.mean(0), x)[0] == by_hand


@pytest.mark.parametrize(("x", "labels"), [((0, 3), []), ((2, 3), [0]), ((2, 3), [0, 2]), ((2, 3), [-1, 0]), ((2,), [0, 1])])
def test_what_is_no_set_of_pictures_is_refused(x: tuple[int, ...], labels: list[int]) -> None:
    with pytest.raises(ValueError, match="must be"):
        train_head(torch.zeros(x), torch.tensor(labels, dtype=torch.long), 2)


def test_features_are_what_the_last_layer_reads() -> None:
    model = build(SMALL).eval()
    x = torch.randn(BATCH + 3, 3, 16, 16)
    found = features(model, x)
    outputs = capture(model, x, ["flatten", "fc"])
    torch.testing.assert_close(found, outputs["flatten"])
    torch.testing.assert_close(model.fc(found).detach(), outputs["fc"])


def test_features_in_training_mode_are_of_the_batch() -> None:
    model = build(SMALL).eval()
    x = torch.randn(BATCH + 3, 3, 16, 16)
    body = nn.Sequential(*list(copy.deepcopy(model).train().children())[:-1])
    for some in (x, x[:1]):
        torch.testing.assert_close(features(model, some, training=True), body(some).detach())
    assert not torch.allclose(features(model, x[:1], training=True), features(model, x, training=True)[:1])
