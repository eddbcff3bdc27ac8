"""ResNet, live: residual networks to build, see and measure.

>>> from resnet_viz import plan, preset
>>> plan(preset("resnet50"), 224).params
25557032

What a name stands for is imported when it is first used: `import resnet_viz` is quick, and torch comes with what needs it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from resnet_viz.nets.cards import WeightsUnavailable
    from resnet_viz.nets.plan import Plan, plan
    from resnet_viz.nets.presets import parse_network, preset, presets
    from resnet_viz.nets.receptive_fields import receptive_field
    from resnet_viz.nets.resnet import ResNet, build
    from resnet_viz.nets.spec import ResNetSpec
    from resnet_viz.nets.weights import pretrained, trained
    from resnet_viz.probes.cam import grad_cam
    from resnet_viz.probes.capture import capture
    from resnet_viz.probes.gradients import gradient_norms, signal
    from resnet_viz.probes.landscape import landscape
    from resnet_viz.probes.lesion import lesion
    from resnet_viz.probes.nudge import gradient_correlation, nudge
    from resnet_viz.probes.paths import paths
    from resnet_viz.probes.responses import responses
    from resnet_viz.probes.steps import block_steps

__version__ = "0.1.0"

_LAZY = {
    "Plan": "nets.plan",
    "plan": "nets.plan",
    "receptive_field": "nets.receptive_fields",
    "parse_network": "nets.presets",
    "preset": "nets.presets",
    "presets": "nets.presets",
    "ResNetSpec": "nets.spec",
    "ResNet": "nets.resnet",
    "build": "nets.resnet",
    "WeightsUnavailable": "nets.cards",
    "pretrained": "nets.weights",
    "trained": "nets.weights",
    "block_steps": "probes.steps",
    "capture": "probes.capture",
    "grad_cam": "probes.cam",
    "gradient_correlation": "probes.nudge",
    "gradient_norms": "probes.gradients",
    "landscape": "probes.landscape",
    "lesion": "probes.lesion",
    "nudge": "probes.nudge",
    "paths": "probes.paths",
    "responses": "probes.responses",
    "signal": "probes.gradients",
}

__all__ = [
    "Plan", "ResNet", "ResNetSpec", "WeightsUnavailable", "block_steps", "build", "capture", "grad_cam", "gradient_correlation",
    "gradient_norms", "landscape", "lesion", "nudge", "parse_network", "paths", "plan", "preset", "presets", "pretrained",
    "receptive_field", "responses", "signal", "trained",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_LAZY[name]}"), name)
