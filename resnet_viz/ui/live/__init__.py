"""The live channel: what changes while somebody looks travels to the browser by itself, without a run of the page."""

from resnet_viz.ui.live.hub import Hub
from resnet_viz.ui.live.later import Later

CHANNEL = Hub()
"""The one channel of this process."""
LATER = Later(CHANNEL)

__all__ = ["CHANNEL", "LATER", "Hub"]
