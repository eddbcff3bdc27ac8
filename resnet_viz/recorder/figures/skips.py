"""The skips of every shipped residual twin removed one by one, for "Inside the network"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch

from resnet_viz.nets.presets import parse_network
from resnet_viz.probes.lesion import skip_lesion
from resnet_viz.recorder.figures.source import Source
from resnet_viz.studies.block_deletion import Slice, merged
from resnet_viz.studies.pretrained_pairs import subject, subjects
from resnet_viz.studies.recorded import FOLDER

FILE = FOLDER / "skips.json"
PICTURES, BATCH = 2_000, 125


def record(source: Source, *, names: Sequence[str] = (), pictures: int = PICTURES) -> Iterator[dict[str, Any]]:
    """`networks`, by name; after each network."""
    residual = [name for name in subjects() if parse_network(name).skips == "all"]
    found = {name: known for name, known in source.known.get("networks", {}).items() if name in residual}
    for name in source.each(names or residual):
        if inputs := source.inputs(name, "test", pictures):
            parts = zip(*(torch.split(part, BATCH) for part in inputs), strict=True)
            each = merged([Slice(len(y), tuple(one.score for one in skip_lesion(subject(name), x, y))) for x, y in parts])
            assert each is not None
            found[name] = {
                "pictures": each.pictures,
                "each": [(round(score.loss, 4), round(score.error, 4)) for score in each.scores],
            }
            yield {"networks": found}
