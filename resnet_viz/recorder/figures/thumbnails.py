"""A small picture a lesson for the map of the course, drawn from what ships."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

import resnet_viz
from resnet_viz.draw import thumbnails as draw
from resnet_viz.draw.thumbnails import Cuboid, Trace
from resnet_viz.draw.tiles import paint
from resnet_viz.nets.presets import preset
from resnet_viz.nets.published_results import CIFAR_TEST_ERROR
from resnet_viz.nets.weights import history
from resnet_viz.probes.mixing import PRESETS, Mix, mixed, pixels
from resnet_viz.recorder.figures.hero import NAME, every_choice, input_of
from resnet_viz.recorder.figures.source import Source
from resnet_viz.samples.to_teach import SETS, set_to_teach
from resnet_viz.studies.loss_surface import LossSurface
from resnet_viz.studies.pretrained_pairs import twins
from resnet_viz.training.data.sources import CIFAR

FILE = Path(resnet_viz.__file__).parent / "ui" / "lessons" / "home" / "thumbnails.json"
SAMPLE, COLOURFUL = "cat", "truck"


def record(source: Source) -> Iterator[dict[str, Any]]:
    """`lessons`: name to SVG."""
    yield {"lessons": {name: make() for name, make in source.each(list(MAKERS.items()))}}


def _activations() -> str:
    """The picture, and one map of each stage."""
    square, x = input_of(NAME, SAMPLE)
    maps = every_choice(NAME, x).maps
    tiles = []
    for values in (maps[1][0], maps[4][0]):
        channel = values[int(values.std((1, 2)).argmax())].numpy()
        tiles.append(paint(channel, 0.0, float(channel.max())))
    return draw.pictures([np.asarray(square.quantize(16).convert("RGB")), *tiles])


def _degradation() -> str:
    """Training error of 20 and 56 layers, epoch by epoch."""
    return draw.curves(
        [
            Trace([epoch["train_error"] for epoch in history(name).epochs], plain, depth == 56)
            for depth in (20, 56)
            for name, plain in zip(twins(CIFAR, depth), (True, False), strict=True)
        ]
    )


def _gradients() -> str:
    """Size of every convolution's gradient before the first step, 56 layers."""
    lines = []
    for name, plain in zip(twins(CIFAR, 56), (True, False), strict=True):
        layers = history(name).layers
        norms = [noted["weight_grad_norm"][0] for layer, noted in layers.items() if "conv" in layer]
        lines.append(Trace(norms[::2], plain))
    return draw.curves(lines, log=True)


def _why() -> str:
    """The loss surfaces of 56 layers, each on its own scale."""
    surfaces = [LossSurface(name).recorded().losses[::-1][::2, ::2] for name in twins(CIFAR, 56)]
    return draw.pictures([paint(losses, float(losses.min()), float(losses.max())) for losses in surfaces])


def _shortcuts() -> str:
    """What goes into and comes out of the block that begins ResNet-18's second stage."""
    first = next(shape for shape in preset("resnet18").geometry() if shape.name == "layer2.0")
    return draw.cuboids([[Cuboid(56, first.in_channels), Cuboid(56 / first.stride, first.out_channels, draw.OTHER)]])


def _mixing() -> str:
    """One picture's luminance and its two opponent pairs."""
    square, _ = input_of(NAME, COLOURFUL)
    maps = mixed(Mix(PRESETS["opponent"]), pixels(np.asarray(square)))
    return draw.pictures([_grey(values) for values in maps])


def _grey(values: npt.NDArray[np.floating]) -> npt.NDArray[np.uint8]:
    low, high = float(values.min()), float(values.max())
    shades: npt.NDArray[np.uint8] = np.round((values - low) / (high - low) * 255).astype(np.uint8)
    return shades


def _bottleneck() -> str:
    """The channels between the layers of a basic and of a bottleneck block of the same cost."""
    basic = [Cuboid(1, 64) for _ in range(3)]
    narrow = [Cuboid(1, channels, draw.OTHER) for channels in (256, 64, 64, 256)]
    return draw.cuboids([basic, narrow])


def _build() -> str:
    """ResNet-18's blocks."""
    return draw.chain([shape.out_channels for shape in preset("resnet18").geometry()])


def _transfer() -> str:
    """A picture of each class of the first set to teach."""
    taught = set_to_teach(SETS[0]).taught
    return draw.pictures(
        [np.asarray(own[0].resize((40, 40), Image.Resampling.LANCZOS).quantize(12).convert("RGB")) for own in taught]
    )


def _claims() -> str:
    """Test error on CIFAR-10 by depth, published."""
    return draw.bars([cited.value for cited in CIFAR_TEST_ERROR.values()])


MAKERS: Mapping[str, Callable[[], str]] = {
    "block": draw.block,
    "activations": _activations,
    "degradation": _degradation,
    "gradients": _gradients,
    "why": _why,
    "shortcuts": _shortcuts,
    "mixing": _mixing,
    "bottleneck": _bottleneck,
    "build": _build,
    "transfer": _transfer,
    "claims": _claims,
}
