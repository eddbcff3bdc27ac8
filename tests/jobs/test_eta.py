"""Expected times are work over speed."""

from __future__ import annotations

from resnet_viz import plan
from resnet_viz.jobs.eta import Clock
from resnet_viz.studies.race import network
from resnet_viz.training.experiment import Experiment


def test_a_run_that_was_timed_takes_as_long_again() -> None:
    e = Experiment(network(20), steps=100, batch=32)
    clock = Clock()
    assert clock.seconds(str(e)) is None
    clock.heard(str(e), rate=1600.0)
    assert clock.seconds(str(e)) == 100 * 32 / 1600
    assert clock.seconds(str(e), done=75) == 0.25 * 100 * 32 / 1600


def test_other_depths_take_longer_by_their_multiply_adds() -> None:
    short, long = Experiment(network(8)), Experiment(network(56))
    clock = Clock()
    clock.heard(str(short), rate=1000.0)
    few, many = clock.seconds(str(short)), clock.seconds(str(long))
    assert few
    assert many
    assert many / few == plan(network(56), 16).macs / plan(network(8), 16).macs
