"""Home's experiment: what the shipped ResNet-20 makes of three pictures with every choice of its nine skips."""

from __future__ import annotations

import base64
import io
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from PIL import Image
from torch import Tensor

import resnet_viz
from resnet_viz.nets.weights import card, trained
from resnet_viz.pictures import to_square
from resnet_viz.recorder.figures.source import Source
from resnet_viz.samples import samples
from resnet_viz.studies.pretrained_pairs import as_input
from resnet_viz.training.data.pictures import Pictures

FILE = Path(resnet_viz.__file__).parent / "ui" / "lessons" / "home" / "hero.json"
NAME, SAMPLES = "cifar_resnet20", ("cat", "truck", "ship")
FIRST = 3
"""Guesses that are kept of each choice."""
LARGEST = 2**16 - 1
"""The probability 1, as it is written."""
BRIGHTEST = 15
"""The largest value of a block's map with all skips, as it is written: half a byte."""


class Choices(NamedTuple):
    """A network with every choice of its skips, on one picture. In choice k the skip of block i is gone if bit i of k is set."""

    maps: tuple[Tensor, ...]
    """What each block puts out, (2^(i+1), C, H, W) of block i: blocks behind it do not matter."""
    probabilities: Tensor
    """(2^blocks, classes)."""


def every_choice(name: str, x: Tensor) -> Choices:
    """Run a shipped residual network on one picture x (1, 3, H, W) with every choice of its skips.

    What blocks have in common is computed once: nine blocks are called 511 times with and 511 times without their skip.
    """
    whole, plain = trained(name), trained(name, replace(card(name).spec, skips="none"))
    maps = []
    with torch.inference_mode():
        for part, module in whole.named_children():
            if not part.startswith("layer"):
                x = module(x)
                continue
            for block, with_skip in module.named_children():
                x = torch.cat([with_skip(x), plain.get_submodule(f"{part}.{block}")(x)])
                maps.append(x)
        return Choices(tuple(maps), torch.softmax(x, 1))


def input_of(name: str, sample: str) -> tuple[Image.Image, Tensor]:
    """A sample picture as the network gets it, to look at and as (1, 3, H, W)."""
    facts = card(name)
    square = to_square(next(s for s in samples() if s.code == sample).load(), facts.size)
    pixels = torch.from_numpy(np.array(square)).permute(2, 0, 1)  # (3, H, W)
    x, _ = as_input(name, Pictures(pixels[None], torch.zeros(1, dtype=torch.long), facts.classes), 1)
    return square, x


def record(source: Source, *, name: str = NAME, chosen: Sequence[str] = SAMPLES) -> Iterator[dict[str, Any]]:
    """The pictures, and for every choice of skips the first guesses and one map a block."""
    facts = card(name)
    pictures = [_recorded(name, sample) for sample in source.each(chosen)]
    yield {"network": name, "blocks": list(facts.spec.blocks), "classes": list(facts.classes), "pictures": pictures}


def _recorded(name: str, sample: str) -> dict[str, Any]:
    """Codes as bytes, probabilities as 16 bits, maps as half bytes, packed; all as base 64."""
    square, x = input_of(name, sample)
    found = every_choice(name, x)
    first = found.probabilities.topk(FIRST, dim=1)
    shades, channels = [], []
    for values in found.maps:
        channel = int(values[0].std((1, 2)).argmax())  # the one with most to see, with all skips
        reach = float(values[0, channel].max())
        channels.append(channel)
        shades.append((values[:, channel] / reach * BRIGHTEST).round().clamp(0, BRIGHTEST).to(torch.uint8).numpy().ravel())
    pairs = np.concatenate(shades)
    return {
        "sample": sample,
        "png": _data_url(square),
        "classes": _text(first.indices.to(torch.uint8).numpy().tobytes()),
        "probabilities": _text((first.values * LARGEST).round().numpy().astype("<u2").tobytes()),
        "channels": channels,
        "sides": [values.shape[-1] for values in found.maps],
        "maps": _text(zlib.compress((pairs[::2] | pairs[1::2] << 4).tobytes(), 9)),
    }


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _data_url(image: Image.Image) -> str:
    """The image as a PNG."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return "data:image/png;base64," + _text(buffer.getvalue())
