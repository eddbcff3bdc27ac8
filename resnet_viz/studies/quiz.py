"""Questions on the lessons. Which option is right follows from a measurement, a recording or the plan, never from a text."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from resnet_viz.jobs.shared_calls import Call
from resnet_viz.nets.blockcost import PAPER, block_plan
from resnet_viz.nets.plan import plan
from resnet_viz.nets.presets import preset
from resnet_viz.studies.claims import Claim, Finding, measure
from resnet_viz.studies.study import Study

SIDE = 9
"""Side of the maps in which one pixel is changed."""


class Answer(NamedTuple):
    """A question's options as plain values, and what was found."""

    options: tuple[Any, ...]
    right: int
    """The index of the right option."""
    numbers: Mapping[str, Any]
    """What the sentence with the answer may name."""


@dataclass(frozen=True)
class QuizQuestion(Study[Call, Answer | None]):
    """One of `QUESTIONS`, by name. What a claim measures too is asked for by the claim's own call."""

    name: str

    @property
    def calls(self) -> list[Call]:
        return Claim(self.name).calls if self.name in _OF_CLAIMS else [Call(answer, self.name)]

    def assemble(self, results: Sequence[Any]) -> Answer | None:
        (found,) = results or (None,)
        return _OF_CLAIMS[self.name](found) if isinstance(found, Finding) else found

    def recorded(self) -> Answer:
        if self.name not in _OF_CLAIMS:
            raise KeyError(self.name)
        return _OF_CLAIMS[self.name](Claim(self.name).recorded())


def answer(question: str) -> Answer:
    """Find the right option. Raises `ValueError` for a name that is no question's."""
    if question not in QUESTIONS:
        raise ValueError(f"no question is called {question!r}; there are {', '.join(QUESTIONS)}")
    return _OF_CLAIMS[question](measure(question)) if question in _OF_CLAIMS else _ANSWERS[question]()


def nearest(value: float, options: Sequence[float]) -> int:
    """The index of the option with the smallest ratio to a positive value.

    >>> nearest(0.94, (1 / 17, 1, 4))
    1
    """
    return min(range(len(options)), key=lambda i: abs(math.log(value / options[i])))


def _build() -> Answer:
    """The stage of ResNet-50 that holds most parameters."""
    p = plan(preset("resnet50"))
    params = [stage.params for stage in p.stages]
    right = params.index(max(params))
    numbers = {"params": params, "most": params[right], "share": params[right] / p.params}
    return Answer(tuple(stage.paper_name for stage in p.stages), right, numbers)


def _block() -> Answer:
    """What the last ReLU of a post-activation block reads: the branch, the shortcut or their sum."""
    import torch

    from resnet_viz.nets.resnet import build
    from resnet_viz.probes.consumers import consumers

    after = consumers(build(preset("resnet18")).eval(), torch.zeros(1, 3, 32, 32))
    block = "layer1.0"
    source = next(name for name, read_by in after.items() if f"{block}.relu2" in read_by).removeprefix(f"{block}.")
    options = ("bn2", "downsample", "add")
    return Answer(options, options.index(source), {"module": source})


def _mixing() -> Answer:
    """Positions of a 1×1 convolution's output that change with one pixel of its input."""
    one, three = (int((pixel_change(kernel) != 0).sum()) for kernel in (1, 3))
    options = (1, 3, 9, SIDE * SIDE)
    return Answer(options, options.index(one), {"one": one, "three": three, "side": SIDE})


def pixel_change(kernel: int) -> Any:
    """(H, W): how much the outputs of a k×k convolution of 8 channels change when the middle pixel of its input does."""
    import torch

    from resnet_viz.nets.blocks import convolution
    from resnet_viz.nets.resnet import named_generator

    layer = convolution(8, 8, kernel)
    torch.nn.init.kaiming_normal_(layer.weight, generator=named_generator(0, "layer"))
    x = torch.randn(1, 8, SIDE, SIDE, generator=named_generator(0, "x"))
    nudged = x.clone()
    nudged[:, :, SIDE // 2, SIDE // 2] += 1
    with torch.no_grad():
        return (layer(nudged) - layer(x)).abs().sum((0, 1)).numpy()


def _shortcuts() -> Answer:
    """Blocks of ResNet-18 whose shortcut is a projection."""
    blocks = plan(preset("resnet18")).blocks
    projecting = [block.name for block in blocks if block.shortcut == "projection"]
    options = (0, 3, 4, len(blocks))
    return Answer(options, options.index(len(projecting)), {"names": ", ".join(projecting), "all": len(blocks)})


def _bottleneck() -> Answer:
    """The paper's pair: a bottleneck of 256 channels over a basic block of 64, in multiply-adds."""
    basic, bottleneck = (block_plan(block, channels, 56, 56).macs for block, channels in PAPER.items())
    options = (1 / 17, 1.0, 4.0, 16.0)
    return Answer(options, nearest(bottleneck / basic, options), {"basic": basic, "bottleneck": bottleneck})


def _activations() -> Answer:
    """The side of the last maps of ResNet-20 for a picture of 32×32 pixels."""
    import torch

    from resnet_viz.nets.resnet import build
    from resnet_viz.probes.capture import capture

    model = build(preset("cifar_resnet20")).eval()
    last = model.spec.blocks[-1]
    maps = capture(model, torch.zeros(1, 3, 32, 32), [last])[last]  # (N, C, H, W)
    options = (32, 16, 8, 1)
    return Answer(options, options.index(maps.shape[-1]), {"maps": maps.shape[1], "side": maps.shape[-1]})


def _degradation(claim: Finding) -> Answer:
    """Which of four networks trained alike has the highest training error."""
    found = claim.numbers
    options = ("plain_shallow", "plain_deep", "shallow", "deep")
    errors = [found[f"end_{name}"] for name in options]
    return Answer(options, errors.index(max(errors)), found)


def _gradients(claim: Finding) -> Answer:
    """The first layer's gradient over the last one's, in an untrained plain network with BN."""
    found = claim.numbers
    options = (1e-3, 1.0, 1e3)
    return Answer(options, nearest(found["ratio"], options), found)


def _why() -> Answer:
    """Paths through the blocks of ResNet-56."""
    from resnet_viz.probes.paths import path_counts

    spec = preset("cifar_resnet56")
    counts, blocks = path_counts(spec), len(spec.blocks)
    options = (blocks, 2 * blocks, blocks**2, sum(counts))
    return Answer(options, options.index(sum(counts)), {"blocks": blocks, "counts": counts, "paths": sum(counts)})


_ANSWERS: Mapping[str, Callable[[], Answer]] = {
    "build": _build,
    "block": _block,
    "mixing": _mixing,
    "shortcuts": _shortcuts,
    "bottleneck": _bottleneck,
    "activations": _activations,
    "why": _why,
}
_OF_CLAIMS: Mapping[str, Callable[[Finding], Answer]] = {"degradation": _degradation, "gradients": _gradients}
QUESTIONS = ("build", "block", "mixing", "shortcuts", "bottleneck", "activations", "degradation", "gradients", "why")
"""A question a lesson, named after it."""
