"""`Limits`: what a class may ask of one machine."""

from __future__ import annotations

from typing import NamedTuple

from resnet_viz.refused import Refused
from resnet_viz.training.cost import cost
from resnet_viz.training.data.sources import source
from resnet_viz.training.experiment import Experiment


class Limits(NamedTuple):
    """What a class may ask of one machine."""

    steps: int = 2_000
    depth: int = 110
    macs: int = 6_100_000_000_000
    """Multiply-adds of a whole run: the lesson's longest, 2,000 steps of 64 pictures (32×32) in 110 layers of width 8."""
    checkpoint_bytes: int = 32 * 2**20
    memory_bytes: int = 320 * 2**20
    """Memory of a worker for one run: that network with the largest batch that the lesson offers, 256 pictures."""
    waiting: int = 120
    """Runs of all sessions that wait or train at once."""
    swept: int = 240
    """The same for the runs of sweeps, which wait behind all others."""

    def check(self, experiment: Experiment) -> None:
        """Raises `Refused`, which says the limit and the value, where a run asks for more than is trained live.

        So it does where the pictures are no longer those that the run was made for.
        """
        source(experiment.data)
        steps, depth = experiment.steps, experiment.spec.depth
        if steps > self.steps or depth > self.depth:
            raise Refused("limits", steps=self.steps, depth=self.depth, given_steps=steps, given_depth=depth)
        asked = cost(experiment)
        if asked.macs > self.macs:
            raise Refused("run_macs", limit=self.macs / 1e12, given=asked.macs / 1e12)
        mib = 2**20
        if asked.checkpoint_bytes > self.checkpoint_bytes:
            raise Refused("run_checkpoint_bytes", limit=self.checkpoint_bytes / mib, given=asked.checkpoint_bytes / mib)
        if asked.memory_bytes > self.memory_bytes:
            raise Refused("run_memory_bytes", limit=self.memory_bytes / mib, given=asked.memory_bytes / mib)
