"""What it costs to look: all blocks' outputs of ResNet-50 at 224, against the forward pass alone."""

from __future__ import annotations

import torch
from torchvision.models import get_model
from torchvision.models.feature_extraction import create_feature_extractor

from benchmarks import Row, interleaved
from resnet_viz import build, capture, preset


def rows() -> list[Row]:
    torch.set_num_threads(1)
    spec = preset("resnet50")
    model = build(spec).eval()
    theirs = get_model("resnet50").eval()
    extractor = create_feature_extractor(theirs, list(spec.blocks))
    x = torch.randn(1, 3, 224, 224)
    with torch.no_grad():
        taken = interleaved(
            {
                "forward": lambda: model(x),
                "capture": lambda: capture(model, x, spec.blocks),
                "extractor": lambda: extractor(x),
                "torchvision": lambda: theirs(x),
            },
            rounds=9,
        )
    seen, forward = taken["capture"], taken["forward"]
    what = "capture, 16 blocks of ResNet-50"
    return [
        Row(what, seen, "its forward alone", forward, seen / forward, "≤ 1.10×"),
        Row(what, seen, "torchvision's extractor", taken["extractor"], seen / taken["extractor"], ""),
        Row("forward of ResNet-50", forward, "torchvision's", taken["torchvision"], forward / taken["torchvision"], ""),
    ]
