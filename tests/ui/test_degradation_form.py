"""The form of *Degradation*: what a control changes, and what it keeps."""

from __future__ import annotations

from dataclasses import replace

import pytest

from resnet_viz.jobs.limits import Limits
from resnet_viz.nets.presets import parse_network
from resnet_viz.studies.race import SLOWER_RACE, depths_like, network
from resnet_viz.text import lesson
from resnet_viz.training.experiment import Experiment
from resnet_viz.ui.kit.shared_params import trainable
from resnet_viz.ui.lessons.degradation import slower
from tests.ui.test_pages import link, open_page

WORDS = lesson("degradation")


@pytest.mark.parametrize(
    "net", ["bottleneck-1.2.1-w8-cifar-c10", "basic-2.2.2.2-w8-cifar2-pre-c10-plain", "basic-3.3.3-w16-cifar-sB-nobn-c10"]
)
def test_another_depth_keeps_the_network_of_a_link(net: str) -> None:
    spec = parse_network(net)
    e = Experiment(spec, steps=40, seed=5)
    at = open_page("degradation", lang="en", experiment=str(e))
    slider = at.select_slider("w_race_depth")
    assert [int(option) for option in slider.options] == sorted({*depths_like(spec), spec.depth})
    for depth in depths_like(spec)[:3]:
        at.select_slider("w_race_depth").set_value(depth).run()
        found = Experiment.parse(link(at)["experiment"])
        assert found.spec.depth == depth
        assert replace(found, spec=replace(found.spec, stages=spec.stages)) == e


@pytest.mark.parametrize("net", ["bottleneck-1.1.1-w16-cifar-c10", "basic-1.1.1-w16-cifar2-sC-c10"])
def test_the_longer_race_is_of_one_kind_of_network(net: str) -> None:
    found = slower.race(Experiment(parse_network(net), seed=3))
    assert [run.spec.depth for run in found] == [run.spec.depth for run in SLOWER_RACE]
    assert len({replace(run, spec=replace(run.spec, stages=(1, 1, 1), skips="all")) for run in found}) == 1
    assert {(run.spec.width, run.seed) for run in found} == {(16, 3)}


LARGEST = Experiment(network(110), steps=Limits().steps, data="shapes-large")


def test_a_control_asks_for_no_more_than_a_link_may() -> None:
    """What the form shows is a link that the app reads."""
    at = open_page("degradation", lang="en", experiment=str(LARGEST))
    at.session_state["w_race_more"] = True
    at.run().select_slider("w_race_batch").set_value(256).run()
    assert any("trillion" in warning.value for warning in at.warning)
    assert at.select_slider("w_race_batch").value == LARGEST.batch
    assert trainable(link(at)["experiment"]) == LARGEST
    at.select_slider("w_race_batch").set_value(32).run()
    assert not at.warning
    assert trainable(link(at)["experiment"]) == replace(LARGEST, batch=32)
