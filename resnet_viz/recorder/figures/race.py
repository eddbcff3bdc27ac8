"""The races with which the degradation lesson opens: the runs of `DEFAULT_RACE` and `DRAMATIC_RACE`, step by step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from resnet_viz.recorder.figures.source import Source
from resnet_viz.studies.race import DEFAULT_RACE, DRAMATIC_RACE
from resnet_viz.studies.recorded import FOLDER
from resnet_viz.training.experiment import Experiment
from resnet_viz.training.trainer import Trainer

FILE = FOLDER / "race.json"


def record(
    source: Source, *, experiments: Sequence[Experiment] = tuple(dict.fromkeys((*DEFAULT_RACE, *DRAMATIC_RACE)))
) -> Iterator[dict[str, Any]]:
    """`runs`, once all have ended: the lesson compares them."""
    yield {"runs": [run(experiment) for experiment in source.each(experiments)]}


def run(experiment: Experiment) -> dict[str, Any]:
    """A whole run: its smoothed curves, its test error and what could be seen of the network on the way."""
    trainer = Trainer(experiment)
    steps = [trainer.step() for _ in range(experiment.steps)]
    return {
        "experiment": str(experiment),
        "error": [round(step.smooth_error, 4) for step in steps],
        "loss": [round(step.smooth_loss, 4) for step in steps],
        "test_error": trainer.test_error(),
        "glimpses": [
            # a filter is shown in 256 levels at most, so two digits a weight are enough
            [step.step, [[round(weight, 2) for weight in filter_] for filter_ in seen.filters], [list(g) for g in seen.guesses]]
            for step in steps
            if (seen := step.glimpse)
        ],
    }
