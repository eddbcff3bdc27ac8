"""Counting ResNet-152 by arithmetic, against the two tools that count it by running it. Their network is built beforehand."""

from __future__ import annotations

import logging

import torch
import torchinfo
from fvcore.nn import FlopCountAnalysis
from torchvision.models import get_model

from benchmarks import Row, interleaved
from resnet_viz import plan, preset


def rows() -> list[Row]:
    torch.set_num_threads(1)
    logging.getLogger("fvcore").setLevel(logging.ERROR)
    spec, model, x = preset("resnet152"), get_model("resnet152").eval(), torch.randn(1, 3, 224, 224)

    def counted() -> tuple[int, int, int]:
        p = plan.__wrapped__(spec, 224)  # without the cache
        return p.params, p.macs, p.activation_bytes

    with torch.no_grad():
        taken = interleaved(
            {
                "plan": counted,
                "torchinfo": lambda: torchinfo.summary(model, input_data=x, verbose=0),
                "fvcore": lambda: FlopCountAnalysis(model, x).total(),
            },
            rounds=3,
        )
    ours = taken["plan"]
    return [
        Row("plan of ResNet-152", ours, name, taken[name], taken[name] / ours, "≥ 50× faster") for name in ("torchinfo", "fvcore")
    ]
