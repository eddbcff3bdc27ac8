"""A handful of pictures and a tiny network for the recorder, and what it wrote of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

NET = "basic-1-w4-cifar-sA-c2"
PLAIN = f"{NET}-plain"
PLAN = f"""
[tiny.recipe]
lr = 0.1
schedule = "one-cycle"
epochs = 3
batch = 4
weight_decay = 5e-4
[[tiny.runs]]
nets = ["{NET}"]
twins = true
"""


def command(pictures: Path, out: Path, epochs: int = 2) -> list[str]:
    words = f"--net {NET} --data-name noise --batch 4 --epochs {epochs} --precision float32 --threads 1"
    return ["train", *words.split(), "--data", str(pictures), "--out", str(out)]


def plan_of_two(pictures: Path, out: Path) -> list[str]:
    """The network and its plain twin."""
    out.parent.mkdir(exist_ok=True)
    path = out.parent / "two.toml"
    path.write_text(PLAN, encoding="utf-8")
    return ["train", "--plan", str(path), "--data", str(pictures), "--out", str(out), "--threads", "1"]


def card_of(out: Path, net: str = NET) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / f"{net}.json").read_text(encoding="utf-8"))
    return found


def course(folder: Path, net: str = NET) -> tuple[list[dict[str, float]], dict[str, Any]]:
    """A run's history without what the clock said."""
    history = json.loads((folder / f"{net}.history.json").read_text())
    epochs = [{key: value for key, value in epoch.items() if key != "seconds"} for epoch in history.pop("epochs")]
    return epochs, history
