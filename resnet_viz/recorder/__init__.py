"""Recording: networks trained by a plan and published with a card, and figures of studies; `python -m resnet_viz.recorder`."""
