"""`Limits`: what a class may ask of one machine."""

from __future__ import annotations

from typing import NamedTuple

from resnet_viz.refused import Refused
from resnet_viz.training.experiment import Experiment


class Limits(NamedTuple):
    """What a class may ask of one machine."""

    steps: int = 2_000
    depth: int = 110
    waiting: int = 24
    """Runs that wait or train at once."""
    swept: int = 60
    """The same for the runs of sweeps, which wait behind all others."""

    def check(self, experiment: Experiment) -> None:
        """Raises `Refused` where a run is longer or deeper than is trained live."""
        steps, depth = experiment.steps, experiment.spec.depth
        if steps > self.steps or depth > self.depth:
            raise Refused("limits", steps=self.steps, depth=self.depth, given_steps=steps, given_depth=depth)
