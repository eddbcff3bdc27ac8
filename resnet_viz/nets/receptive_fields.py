"""Which pixels of the picture each layer sees: the receptive fields of a network's layers, by arithmetic alone."""

from __future__ import annotations

from typing import NamedTuple

from resnet_viz.kept_with import kept_with
from resnet_viz.nets.plan import INPUT, Plan, plan
from resnet_viz.nets.spec import ResNetSpec


class ReceptiveField(NamedTuple):
    """Which input pixels one position of a layer's output depends on, through its longest path."""

    size: int
    """Side in input pixels."""
    stride: int
    """Input pixels between neighbouring positions."""
    start: float
    """First input pixel of position 0; negative where padding is seen."""

    def box(self, row: int, column: int) -> tuple[float, float, float, float]:
        """(left, top, right, bottom) in input pixels, right and bottom excluded; not clipped to the picture."""
        left, top = self.start + column * self.stride, self.start + row * self.stride
        return left, top, left + self.size, top + self.size


def receptive_fields(spec: ResNetSpec) -> dict[str, ReceptiveField]:
    """The receptive field of every layer by name. Layers after the global pool see the whole picture and are left out.

    Where two ways meet, the wider one counts: size grows by (kernel - 1) · stride so far (Araujo et al. 2019, Distill).
    """
    return _fields(plan(spec, 224))


@kept_with
def _fields(p: Plan) -> dict[str, ReceptiveField]:
    fields = {INPUT: ReceptiveField(1, 1, 0.0)}
    for layer in p.layers:
        if layer.kind == "avgpool":
            break
        size, jump, start = max(fields[name] for name in layer.inputs)
        reach = layer.kernel - 1
        fields[layer.name] = ReceptiveField(size + reach * jump, jump * layer.stride, start - (layer.kernel // 2) * jump)
    return fields


def receptive_field(spec: ResNetSpec, layer: str) -> ReceptiveField:
    """The receptive field of one named layer.

    >>> receptive_field(ResNetSpec(stages=(2, 2, 2, 2)), "conv1").size
    7
    """
    fields = receptive_fields(spec)
    if layer not in fields:
        raise KeyError(f"{layer!r} has no receptive field of its own; layers that do are {', '.join(list(fields)[1:5])}, …")
    return fields[layer]
