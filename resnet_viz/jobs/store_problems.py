"""What the store refuses to keep."""

from __future__ import annotations

from resnet_viz.refused import Refused


class StoreFull(Refused):
    """There is no room for more of this run, and nothing is left that may be dropped."""


class CheckpointTooLarge(Refused):
    """One checkpoint is larger than any may be."""
