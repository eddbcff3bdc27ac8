"""The race with which the degradation lesson asks whether deep plain networks are only slower: `SLOWER_RACE`, step by step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from resnet_viz.recorder.figures import race
from resnet_viz.recorder.figures.source import Source
from resnet_viz.studies.race import SLOWER_RACE
from resnet_viz.studies.recorded import FOLDER
from resnet_viz.training.experiment import Experiment

FILE = FOLDER / "slower.json"


def record(source: Source, *, experiments: Sequence[Experiment] = SLOWER_RACE) -> Iterator[dict[str, Any]]:
    """`runs`, once all have ended: the lesson compares them."""
    yield {"runs": [{**race.run(experiment), "glimpses": []} for experiment in source.each(experiments)]}
