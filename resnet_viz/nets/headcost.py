"""What the head of a network costs: pooling and a linear layer, against a linear layer on the whole last map."""

from __future__ import annotations

import math
from typing import NamedTuple

from resnet_viz.nets.plan import Plan, Shape


class HeadCost(NamedTuple):
    """Parameters of a network's head, and of one without pooling."""

    maps: Shape
    """(C, H, W) of what the head reads."""
    classes: int
    pooled: int
    """A mean a channel, then C × classes weights and the biases."""
    whole_map: int
    """C·H·W × classes weights and the biases."""
    rest: int
    """Parameters of stem and stages."""


def head_cost(p: Plan) -> HeadCost:
    """By arithmetic; `pooled` is the plan's own last layer."""
    maps = p.stages[-1].out_shape
    linear = p.by_name["fc"].params
    classes = p.spec.classes
    return HeadCost(maps, classes, linear, math.prod(maps) * classes + classes, p.params - linear)
