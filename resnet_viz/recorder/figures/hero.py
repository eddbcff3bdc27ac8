"""Home's moving picture: one real feature map of each block of the shipped ResNet-20, and its first guesses."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

import resnet_viz
from resnet_viz.draw.tiles import paint
from resnet_viz.nets.weights import card, trained
from resnet_viz.pictures import to_square
from resnet_viz.probes.capture import capture
from resnet_viz.recorder.figures.source import Source
from resnet_viz.samples import samples
from resnet_viz.studies.pretrained_pairs import as_input
from resnet_viz.training.data.pictures import Pictures

FILE = Path(resnet_viz.__file__).parent / "ui" / "lessons" / "home" / "hero.json"
NAME, SAMPLE = "cifar_resnet20", "cat"


def record(source: Source, *, name: str = NAME, sample: str = SAMPLE) -> Iterator[dict[str, Any]]:
    """The picture, a tile a block and the three first guesses."""
    facts = card(name)
    square = to_square(next(s for s in samples() if s.code == sample).load(), facts.size)
    pixels = torch.from_numpy(np.array(square)).permute(2, 0, 1)  # (3, H, W)
    x, _ = as_input(name, Pictures(pixels[None], torch.zeros(1, dtype=torch.long), facts.classes), 1)
    outputs = capture(trained(name), x, [*facts.spec.blocks, "fc"])
    tiles = []
    for block in source.each(facts.spec.blocks):
        maps = outputs[block][0].numpy()  # (C, H, W)
        channel = int(maps.std((1, 2)).argmax())  # the one with most to see
        image = Image.fromarray(paint(maps[channel], 0.0, float(maps[channel].max())))
        tiles.append({"block": block, "channel": channel, "png": _data_url(image)})
    probabilities = torch.softmax(outputs["fc"][0], 0)
    first = probabilities.argsort(descending=True)[:3].tolist()
    guesses = [{"class": facts.classes[i], "probability": round(float(probabilities[i]), 4)} for i in first]
    yield {"network": name, "sample": sample, "picture": _data_url(square), "tiles": tiles, "guesses": guesses}


def _data_url(image: Image.Image) -> str:
    """The image as a PNG."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
