"""The classes are all there is, the best fit is the best, and nesting is what the lesson says of it."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise, product

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from resnet_viz.probes import nested
from resnet_viz.probes.nested import (
    DEPTHS,
    FAMILIES,
    POINTS,
    TARGETS,
    Bend,
    classes,
    compare,
    distances,
    family,
    layers,
    still_reached,
)
from resnet_viz.text import lesson, unbroken

EXACT = [Fraction(float(x)) for x in POINTS]


def by_hand(number: int, skip: bool, same: bool = False) -> list[object]:
    """The layers again, in fractions and by cases."""

    def bent(bend: Bend, y: Fraction) -> Fraction:
        slope = bend.right if y > bend.at else bend.left
        return Fraction(bend.level) + Fraction(slope) * (y - Fraction(bend.at))

    choice = [lambda y: Fraction(0), *(lambda y, bend=bend: bent(bend, y) for bend in family(number))]
    if same:
        choice.append(lambda y: y)
    return [lambda y, g=g: y + g(y) for g in choice] if skip else choice


def through(sequence: tuple[object, ...]) -> tuple[Fraction, ...]:
    values = EXACT
    for layer in sequence:
        values = [layer(y) for y in values]  # type: ignore[operator]
    return tuple(values)


@pytest.mark.parametrize(("skip", "same"), [(False, False), (False, True), (True, False)])
def test_a_class_is_every_way_of_choosing_layers(skip: bool, same: bool) -> None:
    for number in (0, 61):
        found = classes(layers(number, skip=skip, same=same), 3)
        for depth, functions in enumerate(found, 1):
            every = {through(sequence) for sequence in product(by_hand(number, skip, same), repeat=depth)}
            assert len(functions) == len(every)
            assert {tuple(map(Fraction, row.tolist())) for row in functions} == every


@given(st.integers(0, FAMILIES - 1), st.lists(st.integers(0, 5), min_size=DEPTHS, max_size=DEPTHS), st.booleans())
def test_nothing_is_rounded_up_to_six_layers(number: int, chosen: list[int], skip: bool) -> None:
    values = POINTS
    for i in chosen:
        values = layers(number, skip=skip)[i](values)
    by_fractions = by_hand(number, skip)
    assert tuple(map(Fraction, values.tolist())) == through(tuple(by_fractions[i] for i in chosen))


@pytest.mark.parametrize("target", TARGETS)
def test_the_best_fit_is_the_best_there_is(target: str) -> None:
    goal = TARGETS[target]
    found = compare(goal, 61)
    for side, skip in ((found.plain, False), (found.residual, True)):
        for depth in (1, 2, 3):
            every = [np.array(through(sequence), float) for sequence in product(by_hand(61, skip), repeat=depth)]
            best = min(np.linalg.norm(f - goal) / np.sqrt(len(goal)) for f in every)
            assert side.errors[depth - 1] == pytest.approx(best, abs=1e-12)
            assert np.linalg.norm(side.fits[depth - 1] - goal) / np.sqrt(len(goal)) == pytest.approx(best, abs=1e-12)


@given(st.integers(0, FAMILIES - 1), st.sampled_from(sorted(TARGETS)), st.booleans())
def test_with_the_identity_inside_every_class_contains_the_one_before(number: int, target: str, on_the_plain_side: bool) -> None:
    choice = layers(number, skip=not on_the_plain_side, same=on_the_plain_side)
    found = classes(choice, 4)
    for smaller, larger in pairwise(found):
        assert still_reached(smaller, larger).all()
        assert {row.tobytes() for row in smaller + np.float32(0)} <= {row.tobytes() for row in larger + np.float32(0)}
    errors = [distances(functions, TARGETS[target]).min() for functions in found]
    assert errors == sorted(errors, reverse=True)


def test_without_it_a_family_is_nested_only_by_chance() -> None:
    """A bent line can be the identity on just those values that the other layers put out: family 31 is such a case."""
    nested_anyway = []
    for number in range(FAMILIES):
        one, two = classes(layers(number, skip=False), 2)
        if still_reached(one, two).all():
            nested_anyway.append(number)
    assert nested_anyway == [31]


def test_what_a_comparison_says_is_what_was_counted() -> None:
    found = compare(TARGETS["wave"], 3)
    for side, skip in ((found.plain, False), (found.residual, True)):
        every = classes(layers(3, skip=skip))
        assert side.sizes == [len(functions) for functions in every]
        sets = [{row.tobytes() for row in functions + np.float32(0)} for functions in every]
        assert side.kept == [0, *(len(a & b) for a, b in pairwise(sets))]
        for depth, a in enumerate(every[:-1]):
            both = np.array([row for row in a if row.tobytes() in sets[depth + 1]]).reshape(-1, len(POINTS))
            far = distances(both, TARGETS["wave"])
            staying = np.hypot(*side.places[depth][side.stay[depth]].T)
            assert np.sort(staying) == pytest.approx(np.sort(far)[: len(staying)], abs=1e-9), "of those near the target"
            assert np.sum(far < 2.2 * found.edge) == len(staying)
        assert side.stay[-1].all()
        assert [side.rises(d) for d in range(1, DEPTHS + 1)] == [
            False,
            *(round(b, 3) > round(a, 3) for a, b in pairwise(side.errors)),
        ]


@pytest.mark.parametrize("same", [False, True])
@pytest.mark.parametrize("target", TARGETS)
def test_the_map_keeps_both_distances(target: str, same: bool) -> None:
    goal = TARGETS[target]
    found = compare(goal, 5, same=same)
    assert np.hypot(*found.start) == pytest.approx(distances(POINTS[None], goal)[0])
    for side in (found.plain, found.residual):
        for mark, fit, error, places in zip(side.marks, side.fits, side.errors, side.places, strict=True):
            assert np.hypot(*mark) == pytest.approx(error, abs=1e-9)
            from_identity = distances(fit[None], POINTS.astype(float))[0]
            assert np.hypot(mark[0] - found.start[0], mark[1] - found.start[1]) == pytest.approx(from_identity, abs=1e-7)
            assert (places[:, 1] >= 0).all()
            assert np.hypot(*places.T).min(initial=9) == pytest.approx(error, abs=1e-9), "the nearest on the map is the best fit"
            assert error <= found.edge


# What the lesson's prose says


@pytest.fixture(scope="module")
def tried() -> dict[str, tuple[int, int]]:
    """By target: in how many families one more plain layer hurts, in how many the class with the identity ends nearer."""
    hurt, nearer = dict.fromkeys(TARGETS, 0), dict.fromkeys(TARGETS, 0)
    for number in range(FAMILIES):
        sides = [classes(layers(number, skip=skip)) for skip in (False, True)]
        for target, goal in TARGETS.items():
            plain, residual = (np.round([distances(f, goal).min() for f in side], 3) for side in sides)
            hurt[target] += bool((np.diff(plain) > 0).any())
            nearer[target] += bool(residual[-1] < plain[-1])
            assert (np.diff(residual) <= 0).all()
    return {target: (hurt[target], nearer[target]) for target in TARGETS}


def test_the_counts_of_families_in_the_prose(tried: dict[str, tuple[int, int]]) -> None:
    hurt = {target: counts[0] for target, counts in tried.items()}
    nearer = {target: counts[1] for target, counts in tried.items()}
    english, chinese = (lesson("nested", language).sections["limits"] for language in ("en", "zh"))
    tent, bell, wave, step, line = (hurt[target] for target in ("tent", "bell", "wave", "step", "line"))
    said = f"hurts somewhere in {tent} of {FAMILIES} families with the tent, {bell} with the bell, {wave} with the wave"
    assert f"{said}, {step} with the step, {line} with the line" in english
    assert f"帐篷有 {tent} 个，钟形 {bell} 个，波浪 {wave} 个，阶跃 {step} 个，直线 {line} 个" in chinese
    assert f"comes closer to the wave in {nearer['wave']} of {FAMILIES} families, to the step in {nearer['step']}" in english
    assert f"更接近波浪的，{FAMILIES} 个族里有 {nearer['wave']} 个；更接近阶跃的有 {nearer['step']} 个" in chinese
    assert max(hurt.values()) < FAMILIES, "not in every family"
    assert min(nearer.values()) < FAMILIES / 2 < max(nearer.values()), "some targets suit one side, some the other"


def test_rising_counts_the_same_families(tried: dict[str, tuple[int, int]]) -> None:
    assert nested.rising(TARGETS["line"], skip=False) == tried["line"][0]


def test_the_prose_counts_the_ways_and_the_points() -> None:
    ways = len(layers(0, skip=False)) ** DEPTHS
    for language in ("en", "zh"):
        section = lesson("nested", language).sections["classes"]
        assert unbroken(f"6⁶ = {ways:,}") in section
        assert f"{len(POINTS)} " in section


def test_a_real_plain_layer_can_copy() -> None:
    """A kernel of 1 in the centre, BN's scale and shift against its normalising, ReLU on what is not negative."""
    x = torch.rand(8, 4, 6, 6)
    conv, bn = nn.Conv2d(4, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4)
    nn.init.dirac_(conv.weight)
    with torch.no_grad():
        bn.bias.copy_(x.mean((0, 2, 3)))
        bn.weight.copy_((x.var((0, 2, 3), correction=0) + bn.eps).sqrt())
        torch.testing.assert_close(torch.relu(bn(conv(x))), x, atol=1e-5, rtol=0)


def test_what_is_not_accepted_is_quoted() -> None:
    with pytest.raises(ValueError, match="100"):
        family(100)
    for depth in (0, 7):
        with pytest.raises(ValueError, match=str(depth)):
            classes(layers(0, skip=False), depth)
