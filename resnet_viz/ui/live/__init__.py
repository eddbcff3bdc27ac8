"""The live channel: what changes while somebody looks travels to the browser by itself, without a run of the page."""

from resnet_viz.ui.live.hub import Hub

CHANNEL = Hub()
"""The one channel of this process."""

__all__ = ["CHANNEL", "Hub"]
