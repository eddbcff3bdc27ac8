"""A head on frozen features against fine-tuning, on the sets to teach that ship, for "Your own classes"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from resnet_viz.recorder.figures.source import Source
from resnet_viz.samples.to_teach import SETS
from resnet_viz.studies.fine_tuning import NETWORK, FineTuning
from resnet_viz.studies.recorded import FOLDER

FILE = FOLDER / "fine_tuning.json"


def record(source: Source, *, codes: Sequence[str] = SETS, most: int | None = None) -> Iterator[dict[str, Any]]:
    """`sets`, by code: the draws, or the first `most` of them, in the order of the study's calls."""
    found: dict[str, list[list[int]]] = {}
    for code in codes:
        calls = FineTuning(code).calls[:most]
        found[code] = [list(call.function(*call.arguments)) for call in source.each(calls)]
        yield {"network": NETWORK, "sets": found}
