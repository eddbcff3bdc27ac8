"""Record what Home's moving picture shows: one real feature map of each block of the shipped ResNet-20, and its probabilities.

python tools/record_hero.py
"""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from resnet_viz import capture, trained
from resnet_viz.draw.tiles import paint
from resnet_viz.nets.weights import card
from resnet_viz.pictures import to_square
from resnet_viz.samples import samples

OUT = Path(__file__).parents[1] / "resnet_viz" / "ui" / "lessons" / "home" / "hero.json"
NAME, SAMPLE = "cifar_resnet20", "cat"


def data_url(image: Image.Image) -> str:
    """A PNG as a data URL."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


def measure() -> dict[str, object]:
    """The recording, measured now."""
    facts = card(NAME)
    square = to_square(next(s for s in samples() if s.code == SAMPLE).load(), facts.size)
    pixels = torch.from_numpy(np.asarray(square, dtype=np.float32)).permute(2, 0, 1) / 255
    x = (pixels - torch.tensor(facts.mean)[:, None, None]) / torch.tensor(facts.std)[:, None, None]
    outputs = capture(trained(NAME), x[None], [*facts.spec.blocks, "fc"])
    tiles = []
    for block in facts.spec.blocks:
        maps = outputs[block][0].numpy()  # (C, H, W)
        channel = int(maps.std((1, 2)).argmax())  # the one with most to see
        chosen = maps[channel]
        tiles.append(
            {"block": block, "channel": channel, "png": data_url(Image.fromarray(paint(chosen, 0.0, float(chosen.max()))))}
        )
    probabilities = torch.softmax(outputs["fc"][0], 0)
    order = probabilities.argsort(descending=True)[:3].tolist()
    guesses = [{"class": facts.classes[i], "probability": round(float(probabilities[i]), 4)} for i in order]
    return {"network": NAME, "sample": SAMPLE, "picture": data_url(square), "tiles": tiles, "guesses": guesses}


if __name__ == "__main__":
    OUT.write_text(json.dumps(measure(), indent=1) + "\n", encoding="utf-8")
