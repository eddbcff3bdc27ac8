"""A sweep is so many ordinary runs; its points are their last errors."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.studies.depth_sweep import MAX_RUNS, Sweep
from resnet_viz.studies.race import DEPTHS, depths_like, network, network_like, raced_like, setting
from resnet_viz.studies.recorded import recording
from resnet_viz.training.experiment import Experiment
from tests.conftest import specs

sweeps = st.builds(
    Sweep,
    st.lists(st.sampled_from(DEPTHS), min_size=1, max_size=5, unique=True).map(lambda depths: tuple(sorted(depths))),
    seeds=st.integers(1, 6),
    like=st.builds(Experiment, st.just(network(20, plain=True)), steps=st.integers(1, 500), seed=st.integers(0, 9)),
)


@given(sweeps)
def test_a_sweep_travels_in_a_link(sweep: Sweep) -> None:
    assert Sweep.parse(str(sweep)) == sweep


@given(sweeps)
def test_every_run_differs_from_the_template_in_depth_skips_and_seed_alone(sweep: Sweep) -> None:
    runs = sweep.calls
    assert len({*runs}) == len(sweep.depths) * sweep.seeds * 2 <= MAX_RUNS
    assert {(e.spec.depth, e.seed, str(e.spec.skips)) for e in runs} == {
        (depth, seed, skips) for depth in sweep.depths for seed in range(sweep.seeds) for skips in ("all", "none")
    }
    assert {replace(e, spec=sweep.like.spec, seed=0) for e in runs} == {sweep.like}


@given(specs(), st.booleans())
def test_another_depth_changes_nothing_else(spec: ResNetSpec, plain: bool) -> None:
    for depth in depths_like(spec):
        found = network_like(spec, depth, plain=plain)
        assert (found.depth, found.skips, len({*found.stages})) == (depth, "none" if plain else "all", 1)
        assert replace(found, stages=spec.stages, skips=spec.skips) == spec
    with pytest.raises(ValueError, match="depth"):
        network_like(spec, 3, plain=plain)


def test_networks_like_the_raced_ones_have_their_depths() -> None:
    assert depths_like(network(20)) == DEPTHS


@given(specs())
def test_a_sweep_keeps_of_any_network_what_can_have_its_depths(spec: ResNetSpec) -> None:
    like = raced_like(spec)
    assert {*DEPTHS} <= {*depths_like(like)}
    assert (like.width, like.stem, like.shortcut, like.norm, like.init, like.order) == (
        *(spec.width, spec.stem, spec.shortcut, spec.norm, spec.init, spec.order),
    )
    sweep = Sweep((8, 56), seeds=1, like=Experiment(replace(spec, classes=10, in_channels=3)))
    assert {setting(run) for run in sweep.calls} == {setting(sweep.like)}
    assert Sweep.parse(str(sweep)) == sweep


@pytest.mark.parametrize(
    "text", ["", "8", "8!3", "8.9!3!basic-1.1.1-w8-cifar2-sA-c10", "20.8!1!x", "8!99!basic-1.1.1-w8-cifar2-sA-c10"]
)
def test_bad_sweeps_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Sweep.parse(text)


def test_too_many_runs_are_refused_with_the_number() -> None:
    with pytest.raises(ValueError, match="not 72"):
        Sweep((8, 20, 32, 44, 56, 110), seeds=6)


def test_points_gather_the_seeds_that_are_done() -> None:
    sweep = Sweep((8, 20), seeds=2)
    errors = [None if e.seed == 1 and e.spec.depth == 20 else e.spec.depth / 100 + e.seed for e in sweep.calls]
    found = {(p.depth, p.plain): p.errors for p in sweep.assemble(errors)}
    assert found == {(8, True): (0.08, 1.08), (8, False): (0.08, 1.08), (20, True): (0.2,), (20, False): (0.2,)}
    assert sweep.assemble([None] * len(sweep.calls)) == ()


def test_the_recording_is_a_sweep_of_todays_defaults() -> None:
    from resnet_viz.training.trainer import run

    sweep = Sweep.parse(recording("sweep")["sweep"])
    assert sweep == Sweep()
    with pytest.raises(KeyError):
        replace(sweep, seeds=1).recorded()
    assert len(recording("sweep")["errors"]) == len(sweep.calls)
    shortest = sweep.calls[0]
    last = [step.smooth_error for step in run(shortest)][-1]
    assert last == pytest.approx(recording("sweep")["errors"][0], abs=0.03)
