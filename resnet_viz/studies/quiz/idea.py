"""Questions on *The residual block* and *Inside the network*."""

from __future__ import annotations

from statistics import median

from resnet_viz.nets.presets import preset
from resnet_viz.studies.quiz.answer import Answer, exactly, question

PICTURES = 64
"""Test pictures on which networks without one skip are tested."""


@question()
def block_relu() -> Answer:
    """What the last ReLU of a post-activation block reads: the branch, the shortcut or their sum."""
    import torch

    from resnet_viz.nets.resnet import build
    from resnet_viz.probes.consumers import consumers

    after = consumers(build(preset("resnet18")).eval(), torch.zeros(1, 3, 32, 32))
    block = "layer1.0"
    source = next(name for name, read_by in after.items() if f"{block}.relu2" in read_by).removeprefix(f"{block}.")
    return exactly(source, ("bn2", "downsample", "add"), {"module": source})


@question()
def block_zero() -> Answer:
    """What leaves a block whose branch puts out zeros, when what comes in has passed a ReLU."""
    import torch

    from resnet_viz.nets.resnet import build, named_generator

    block = build(preset("cifar_resnet20")).get_submodule("layer1.1").eval()
    for name in ("bn2.weight", "bn2.bias"):
        torch.nn.init.zeros_(block.get_parameter(name))
    x = torch.randn(2, 16, 8, 8, generator=named_generator(0, "x")).relu()  # (N, C, H, W)
    with torch.no_grad():
        y = block(x)
    candidates = {"same": x, "zeros": torch.zeros_like(x), "half": x / 2, "normalised": (x - x.mean()) / x.std()}
    found = next(name for name, value in candidates.items() if torch.equal(y, value))
    return exactly(found, tuple(candidates), {"values": y.numel(), "equal": int((y == x).sum())})


@question()
def activations_size() -> Answer:
    """The side of the last maps of ResNet-20 for a picture of 32×32 pixels."""
    import torch

    from resnet_viz.nets.resnet import build
    from resnet_viz.probes.capture import capture

    model = build(preset("cifar_resnet20")).eval()
    last = model.spec.blocks[-1]
    maps = capture(model, torch.zeros(1, 3, 32, 32), [last])[last]  # (N, C, H, W)
    return exactly(maps.shape[-1], (32, 16, 8, 1), {"maps": maps.shape[1], "side": maps.shape[-1]})


@question()
def activations_skip() -> Answer:
    """Which trained network loses more with one skip: of 20 layers, of 56, or neither."""
    from resnet_viz.studies.pretrained_pairs import DEPTHS

    few, many = DEPTHS
    whole, without = zip(*(errors_without_a_skip(depth) for depth in DEPTHS), strict=True)
    rise = [cut - before for before, cut in zip(whole, without, strict=True)]
    larger, smaller = max(rise), min(rise)
    found = "neither" if larger < 0.05 else "alike" if larger - smaller < 0.05 else DEPTHS[rise.index(larger)]
    numbers = {"few": few, "many": many, "count": PICTURES}
    for name, before, cut in zip(("few", "many"), whole, without, strict=True):
        numbers |= {f"whole_{name}": before, f"cut_{name}": cut}
    return exactly(found, (few, many, "alike", "neither"), numbers)


def errors_without_a_skip(depth: int, count: int = PICTURES) -> tuple[float, float]:
    """Test error on Shapes of the trained residual network, whole and with one skip removed: the median over all blocks."""
    from resnet_viz.probes.lesion import skip_lesion
    from resnet_viz.studies.pretrained_pairs import subject, subject_pictures, twins

    _, name = twins("shapes", depth)
    whole, *cut = (found.score.error for found in skip_lesion(subject(name), *subject_pictures(name, count)))
    return whole, median(cut)
