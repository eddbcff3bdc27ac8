"""`check_finite`: numbers that outgrew float32 are told, not counted or drawn."""

from __future__ import annotations

from torch import Tensor

from resnet_viz.refused import Refused


def check_finite(name: str, values: Tensor) -> None:
    """Raises `Refused`, a `ValueError`, where what the module `name` puts out is not all finite numbers."""
    finite = values.isfinite()
    if not finite.all():
        raise Refused("not_finite", name=name, count=f"{int((~finite).sum()):,}", all=f"{values.numel():,}")
