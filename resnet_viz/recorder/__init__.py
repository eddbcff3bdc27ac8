"""Recording: networks trained by a plan and shipped with a card; `python -m resnet_viz.recorder`."""
