"""Recorded surfaces, the pieces of new ones, and what the lesson says about both."""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from resnet_viz.nets.weights import card
from resnet_viz.probes.landscape import Plane, directions, levels, surface_points, terrain
from resnet_viz.studies.loss_surface import RECORDED_PICTURES, RECORDED_SIDE, LossSurface, middle, network, others
from resnet_viz.studies.pretrained_pairs import as_input, data_of, subjects, twins
from resnet_viz.studies.recorded import recording
from resnet_viz.studies.study import assemble_each, in_turns
from resnet_viz.training.data.sources import CIFAR
from resnet_viz.training.trainer import pictures
from resnet_viz.ui.lessons.why.loss_surfaces import ROUGH, kind

PAIRS = [(data, depth) for data in ("shapes", CIFAR) for depth in (20, 56)]


@pytest.mark.parametrize("side", [11, 25])
@pytest.mark.parametrize("name", ["basic-3.3.3-w8-cifar2-sA-c10", "cifar_resnet56"])
def test_pieces_cover_the_plane_once_and_keep_to_a_level(name: str, side: int) -> None:
    found = LossSurface(name, "trained", 0, side).pieces
    places = [place for piece in found for place in piece]
    assert len(places) == len(set(places)) == side**2
    ends = [len(lines) ** 2 for lines in levels(side)]
    at = 0
    for piece in found:
        assert all(not at < end < at + len(piece) for end in ends)
        at += len(piece)


def test_pieces_come_together_as_the_surface_that_one_goes_through() -> None:
    asked = [LossSurface(name, "trained", 4, 3, 0.5, 32) for name in twins("shapes", 20)]
    results = [call.function(*call.arguments) for _, call in in_turns(*asked)]
    for study, surface in zip(asked, assemble_each(asked, results), strict=True):
        plane = Plane(network(study.network, "trained"), *as_input(study.network, pictures("shapes", 0)[0], 32), 4)
        grid = [(i, j) for i in range(3) for j in range(3)]
        assert surface.losses.ravel() == pytest.approx(surface_points(plane, 3, 0.5, grid), abs=1e-5)
        assert surface.share == 1
        assert surface.lines == [0, 1, 2]
    larger = [replace(study, side=11) for study in asked]
    assert [index for index, _ in in_turns(*larger)][:4] == [0, 1, 0, 1], "they grow together"


def test_a_surface_that_is_not_whole_shows_its_finest_complete_level() -> None:
    study = LossSurface("cifar_resnet56", side=11)
    known = [[0.5] * len(places) if n < 12 else None for n, places in enumerate(study.pieces)]
    surface = study.assemble(known)
    assert surface.lines == levels(11)[0]
    assert surface.share == 12 / 121
    assert study.assemble([None] * len(known)).lines == []


def test_everything_is_recorded() -> None:
    assert {name for data, depth in PAIRS for name in twins(data, depth)} == set(subjects())
    for weights in ("trained", "untrained"):
        assert set(recording("surfaces")["surfaces"][weights]) == set(recording("surfaces")["others"][weights]) == set(subjects())
        for name in subjects():
            assert LossSurface(name, weights).recorded().losses.shape == (RECORDED_SIDE, RECORDED_SIDE)
            half = LossSurface(name, weights, reach=0.5).recorded()
            assert np.array_equal(half.losses, middle(LossSurface(name, weights).recorded().losses, 0.5))
            assert LossSurface(name, weights, reach=0.5).recorded().losses.shape == (13, 13)
            assert {losses.shape for losses in others(name, weights)} == {(13, 13)}


@pytest.mark.parametrize("weights", ["trained", "untrained"])
@pytest.mark.parametrize("plain", [True, False])
def test_the_recording_is_what_one_measures_now(weights: str, plain: bool) -> None:
    name = twins("shapes", 20)[0 if plain else 1]
    x, labels = as_input(name, pictures("shapes", 0)[0], RECORDED_PICTURES)
    plane = Plane(network(name, weights), x, labels, recording("surfaces")["seed"])
    places = [(12, 12), (0, 24), (7, 3)]
    now = surface_points(plane, RECORDED_SIDE, recording("surfaces")["reach"], places)
    assert now == pytest.approx([LossSurface(name, weights).recorded().losses[place] for place in places], abs=5e-3)


# What the lesson says


@pytest.mark.parametrize(
    ("data", "depth", "low", "high"),
    [("shapes", 20, 0.8, 1), ("shapes", 56, 0.8, 1), (CIFAR, 20, 0.35, 0.65), (CIFAR, 56, 0.7, 0.9)],
)
def test_before_training_the_plain_surface_is_the_rougher_one(data: str, depth: int, low: float, high: float) -> None:
    rough = [
        [terrain(p).roughness for p in (LossSurface(name, "untrained").recorded().losses[::2, ::2], *others(name, "untrained"))]
        for name in twins(data, depth)
    ]
    assert len(rough[0]) == 4
    for plain, residual in zip(*rough, strict=True):
        assert low < plain < high
        assert residual < min(0.45, plain)


@pytest.mark.parametrize(("data", "depth"), PAIRS)
def test_after_training_all_are_bowls_but_the_one_that_learnt_nothing(data: str, depth: int) -> None:
    plain, residual = (terrain(LossSurface(name).recorded().losses) for name in twins(data, depth))
    assert kind(residual) == "bowl"
    assert kind(plain) == ("plateau" if (data, depth) == ("shapes", 56) else "bowl")
    if kind(plain) == "plateau":
        assert plain.roughness > ROUGH
        assert plain.centre == pytest.approx(np.log(10), abs=0.05), "the loss of guessing"
        assert card(twins(data, depth)[0]).facts["test_accuracy"] < 0.12


def test_running_averages_make_cliffs() -> None:
    """Residual-56 on Shapes: above 1,000 at every corner, where it really has 6 to 8."""
    name = twins("shapes", 56)[1]
    x, labels = as_input(name, pictures("shapes", 0)[0], 128)
    model = network(name, "trained")
    one, two = directions(model)
    plane = Plane(model, x, labels)
    for a in (-1, 1):
        for b in (-1, 1):
            moved = copy.deepcopy(model).eval()
            with torch.no_grad():
                for key in one:
                    moved.get_parameter(key).add_(a * one[key] + b * two[key])
                assert F.cross_entropy(moved(x), labels).item() > 1_000
            assert 5.5 < plane.loss(a, b) < 8.5
    corners = LossSurface(name).recorded().losses[::24, ::24]
    assert corners.round().min() == 6
    assert corners.round().max() == 8


def test_the_twins_start_from_the_same_weights() -> None:
    plain, residual = (network(name, "untrained") for name in twins("shapes", 56))
    assert all(torch.equal(p, residual.get_parameter(name)) for name, p in plain.named_parameters())
    assert {data_of(name) for name in twins("shapes", 56)} == {"shapes"}
