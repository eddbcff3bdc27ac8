"""What a link to *Degradation* carries beside the runs on the board."""

from __future__ import annotations

from resnet_viz.jobs.limits import Limits
from resnet_viz.studies.depth_sweep import MOST_SEEDS, Sweep
from resnet_viz.studies.race import DEPTHS
from resnet_viz.training.experiment import Experiment
from resnet_viz.ui.kit.shared_params import trainable
from resnet_viz.ui.kit.url_parsers import OneOf, Whole, choice, same
from resnet_viz.ui.kit.url_state import Param


def _sweep(text: str) -> Sweep:
    sweep = Sweep.parse(text)
    for experiment in sweep.calls:
        Limits().check(experiment)
    return sweep


def _depths(text: str) -> tuple[int, ...]:
    one = OneOf({str(depth): depth for depth in DEPTHS})
    found = {one(part) for part in text.split(".")} if text != _NO_DEPTH else set()
    return tuple(sorted(found))


_NO_DEPTH = "none"
EXPERIMENT: Param[Experiment | None] = Param("experiment", trainable, None, formerly={"exp": same})
"""The network and the training that the form shows."""
SKIPS = choice("train", ("twins", "all", "none", "some"))
"""What is trained of it: both twins, one of them, or the network with the skips that were chosen."""
RECORDED = choice("recorded", ("cifar", "shapes"), formerly={"board": same})
SWEEP: Param[Sweep | None] = Param("sweep", _sweep, None)
SWEEP_DEPTHS: Param[tuple[int, ...] | None] = Param(
    "depths", _depths, None, lambda depths: ".".join(map(str, depths)) or _NO_DEPTH
)
SWEEP_SEEDS: Param[int | None] = Param("seeds", Whole(1, MOST_SEEDS), None)
"""What has been chosen for a sweep that is not yet run; those of the sweep that is shown where nothing has been."""

PARAMS = (EXPERIMENT, SKIPS, RECORDED, SWEEP, SWEEP_DEPTHS, SWEEP_SEEDS)
