"""The gradient of every shipped twin by length of path, with which "Why it works" opens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from resnet_viz.probes.paths import paths
from resnet_viz.recorder.figures.source import Source
from resnet_viz.studies.pretrained_pairs import subject, subjects
from resnet_viz.studies.recorded import FOLDER

FILE = FOLDER / "paths.json"
PICTURES, SAMPLES = 64, 24


def record(
    source: Source, *, names: Sequence[str] = (), pictures: int = PICTURES, samples: int = SAMPLES
) -> Iterator[dict[str, Any]]:
    """`networks`, by name; after each network."""
    found = {name: known for name, known in source.known.get("networks", {}).items() if name in subjects()}
    for name in source.each(names or subjects()):
        if inputs := source.inputs(name, "test", pictures):
            gradients = paths(subject(name), *inputs, samples=samples)
            found[name] = {
                "pictures": pictures,
                "samples": samples,
                "sizes": [[_short(size) for size in sizes] for sizes in gradients.sizes],
                "together": [_short(size) for size in gradients.together],
                "whole": gradients.whole,
            }
            yield {"networks": found}


def _short(value: float) -> float:
    return float(f"{value:.4g}")
