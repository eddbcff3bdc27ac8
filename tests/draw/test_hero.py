"""Home's picture shows what the shipped network still does."""

from __future__ import annotations

import importlib.util
import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from resnet_viz.draw.hero import hero
from resnet_viz.text import lesson

ROOT = Path(__file__).parents[2]


def test_the_recording_is_what_is_measured_now() -> None:
    location = importlib.util.spec_from_file_location("record_hero", ROOT / "tools" / "record_hero.py")
    assert location
    assert location.loader
    tool = importlib.util.module_from_spec(location)
    location.loader.exec_module(tool)
    recorded, now = json.loads(tool.OUT.read_text()), tool.measure()
    assert recorded["guesses"][0]["class"] == now["guesses"][0]["class"] == "cat"
    assert [t["channel"] for t in recorded["tiles"]] == [t["channel"] for t in now["tiles"]]
    for a, b in zip(recorded["guesses"], now["guesses"], strict=True):
        assert abs(a["probability"] - b["probability"]) < 1e-3


def test_every_block_has_its_tile_and_its_arc() -> None:
    recording = json.loads((ROOT / "resnet_viz" / "ui" / "lessons" / "home" / "hero.json").read_text())
    words = {**lesson("activations", "zh").labels, **lesson("home", "zh").labels}
    root = ElementTree.fromstring(hero(recording, words))
    images = [e for e in root.iter() if e.tag.endswith("image")]
    arcs = [e for e in root.iter() if e.get("class") == "arc identity"]
    assert len(images) == 1 + len(arcs) == 10
    assert f"猫 {recording['guesses'][0]['probability']:.0%}" in "".join(root.itertext())
