"""Home's picture shows what was recorded."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from resnet_viz.draw.hero import hero
from resnet_viz.text import lesson

ROOT = Path(__file__).parents[2]


def test_every_block_has_its_tile_and_its_arc() -> None:
    recording = json.loads((ROOT / "resnet_viz" / "ui" / "lessons" / "home" / "hero.json").read_text())
    words = {**lesson("activations", "zh").labels, **lesson("home", "zh").labels}
    root = ElementTree.fromstring(hero(recording, words))
    images = [e for e in root.iter() if e.tag.endswith("image")]
    arcs = [e for e in root.iter() if e.get("class") == "arc identity"]
    assert len(images) == 1 + len(arcs) == 10
    assert f"猫 {recording['guesses'][0]['probability']:.0%}" in "".join(root.itertext())
