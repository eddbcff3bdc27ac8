"""Paths, held against brute force: every one of the 2ⁿ paths, by detaching tensors in a network of the tests' own."""

from __future__ import annotations

from itertools import chain, combinations
from math import comb, fsum

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional as F

from resnet_viz import ResNet, ResNetSpec, build, parse_network
from resnet_viz.probes.paths import Unravelled, chosen_paths, path_counts, paths, shares, span
from tests.conftest import specs

SIX = "basic-2.2.2-w4-cifar-sA-c10"


def settled(name: str | ResNetSpec, dtype: torch.dtype = torch.float64) -> ResNet:
    spec = parse_network(name) if isinstance(name, str) else name
    model = build(spec).to(dtype)
    with torch.no_grad():
        model(torch.randn(8, spec.in_channels, 8, 8, generator=torch.Generator().manual_seed(0)).to(dtype))
    return model.eval()


def batch(spec: ResNetSpec, count: int = 3) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(1)
    x = torch.randn(count, spec.in_channels, 8, 8, generator=generator, dtype=torch.float64)
    return x, torch.randint(spec.classes, (count,), generator=generator)


def by_detaching(model: ResNet, x: Tensor, y: Tensor, branches: frozenset[str]) -> Tensor:
    """The gradient along one path: at every sum the other way's tensor is detached before the addition."""
    x = x.clone().requires_grad_()

    def detach(name: str) -> object:
        def hook(_module: object, inputs: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
            residual, shortcut = inputs
            return (residual, shortcut.detach()) if name in branches else (residual.detach(), shortcut)

        return model.get_submodule(f"{name}.add").register_forward_pre_hook(hook)

    handles = [detach(name) for name in model.spec.blocks if model.spec.has_skip(name)]
    loss = F.cross_entropy(model(x), y, reduction="sum")
    for handle in handles:
        handle.remove()  # type: ignore[attr-defined]
    if not loss.requires_grad:
        return torch.zeros_like(x)
    (gradient,) = torch.autograd.grad(loss, x, allow_unused=True)
    return torch.zeros_like(x) if gradient is None else gradient


def every_path(spec: ResNetSpec) -> list[frozenset[str]]:
    fixed = [name for name in spec.blocks if not spec.has_skip(name)]
    free = [name for name in spec.blocks if spec.has_skip(name)]
    subsets = chain.from_iterable(combinations(free, k) for k in range(len(free) + 1))
    return [frozenset([*fixed, *some]) for some in subsets]


def whole_gradient(model: ResNet, x: Tensor, y: Tensor) -> Tensor:
    x = x.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(F.cross_entropy(model(x), y, reduction="sum"), x)
    return gradient


@pytest.mark.parametrize(
    "name", [SIX, "basic-2.2.2-w4-cifar-c10", "basic-2.2.2-w4-cifar-sC-pre-c10", "basic-2.2.2-w4-cifar-sA-pre-c10"]
)
def test_six_blocks_by_brute_force(name: str) -> None:
    model = settled(name)
    x, y = batch(model.spec)
    gradients = {path: by_detaching(model, x, y, path) for path in every_path(model.spec)}
    assert len(gradients) == 2**6
    torch.testing.assert_close(sum(gradients.values()), whole_gradient(model, x, y))
    unravelled = Unravelled(model, x, y)
    for path, gradient in gradients.items():
        torch.testing.assert_close(unravelled.along(path), gradient)
    found = paths(model, x, y, samples=comb(6, 3))
    for length, together in enumerate(unravelled.together()):
        own = [gradient for path, gradient in gradients.items() if len(path) == length]
        assert len(own) == found.counts[length] == comb(6, length)
        torch.testing.assert_close(together, sum(own))
        sizes = [float(gradient.flatten(1).norm(dim=1).mean()) for gradient in own]
        assert sorted(found.sizes[length]) == pytest.approx(sorted(sizes))
        assert found.products[length] * 2**6 == pytest.approx(fsum(sizes)), "number × mean = the sum, where all are sampled"
    assert found.whole == pytest.approx(float(whole_gradient(model, x, y).flatten(1).norm(dim=1).mean()))


@settings(max_examples=25)
@given(specs(largest_stage=2, widths=(4,)))
def test_the_classes_of_any_network_add_up_to_its_gradient(spec: ResNetSpec) -> None:
    model = settled(spec)
    x, y = batch(spec, 2)
    unravelled = Unravelled(model, x, y)
    wanted = whole_gradient(model, x, y)
    scale = float(wanted.abs().max()) or 1.0
    torch.testing.assert_close(sum(unravelled.together()) / scale, wanted / scale)
    torch.testing.assert_close(sum(unravelled.along(path) for path in every_path(spec)) / scale, wanted / scale)
    assert sum(path_counts(spec)) == len(every_path(spec))


def test_a_plain_network_has_one_path_and_it_is_the_gradient() -> None:
    model = settled(f"{SIX}-plain")
    x, y = batch(model.spec)
    found = paths(model, x, y)
    assert found.counts == (0, 0, 0, 0, 0, 0, 1)
    assert found.sizes == ((),) * 6 + (pytest.approx((found.whole,)),)
    with pytest.raises(ValueError, match=r"layer3\.1"):
        Unravelled(model, x, y).along(frozenset())


def test_veits_resnet_110_has_19_to_35_blocks_in_95_percent_of_its_paths() -> None:
    """Veit et al. 2016, §3.3: more than 95 % of the paths of a 54-block network go through 19 to 35 blocks."""
    counts = path_counts(parse_network("cifar_resnet110"))
    assert len(counts) == 55
    assert sum(counts) == 2**54
    assert sum(counts[19:36]) / 2**54 > 0.95
    assert span([float(count) for count in counts]) == (20, 34), "the shortest run that holds 95 %"


def test_paths_are_drawn_without_repetition_where_all_fit() -> None:
    spec = parse_network(SIX)
    assert len({*chosen_paths(spec, 3, 20)}) == 20 == comb(6, 3)
    some = list(chosen_paths(spec, 3, 19))
    assert len(some) == 19
    assert all(len(path) == 3 for path in some)
    assert list(chosen_paths(spec, 3, 5, seed=1)) != list(chosen_paths(spec, 3, 5, seed=2))
    mixed = parse_network("basic-2.2.2-w4-cifar-sA-c10-cut1.0_2.1")
    assert all({"layer1.0", "layer2.1"} <= path for path in chosen_paths(mixed, 4, 99))
    assert not list(chosen_paths(mixed, 1, 99))


@given(st.lists(st.floats(0, 10), min_size=1, max_size=12), st.floats(0.05, 1))
def test_the_span_holds_its_part_and_no_shorter_run_does(values: list[float], part: float) -> None:
    first, last = span(values, part)
    parts = shares(values)
    if sum(values):
        assert fsum(parts[first : last + 1]) >= part - 1e-9
        width = last - first
        assert all(fsum(parts[i : i + width]) < part for i in range(len(parts)))
