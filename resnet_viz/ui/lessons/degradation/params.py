"""What a link to *Degradation* carries beside the runs on the board."""

from __future__ import annotations

from resnet_viz.jobs.limits import Limits
from resnet_viz.studies.depth_sweep import Sweep
from resnet_viz.training.experiment import Experiment
from resnet_viz.ui.kit.shared_params import trainable
from resnet_viz.ui.kit.url_parsers import choice, same
from resnet_viz.ui.kit.url_state import Param


def _sweep(text: str) -> Sweep:
    sweep = Sweep.parse(text)
    for experiment in sweep.calls:
        Limits().check(experiment)
    return sweep


EXPERIMENT: Param[Experiment | None] = Param("experiment", trainable, None, formerly={"exp": same})
"""The network and the training that the form shows."""
SKIPS = choice("train", ("twins", "all", "none", "some"))
"""What is trained of it: both twins, one of them, or the network with the skips that were chosen."""
RECORDED = choice("recorded", ("cifar", "shapes"), formerly={"board": same})
SWEEP: Param[Sweep | None] = Param("sweep", _sweep, None)

PARAMS = (EXPERIMENT, SKIPS, RECORDED, SWEEP)
