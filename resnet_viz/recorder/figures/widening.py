"""Networks that double their channels at each down-sampling, and networks that do not, trained alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from resnet_viz.recorder.figures.source import Source
from resnet_viz.studies.recorded import FOLDER
from resnet_viz.studies.widening import experiments
from resnet_viz.training.experiment import Experiment
from resnet_viz.training.trainer import Trainer

FILE = FOLDER / "widening.json"


def record(source: Source, *, runs: Sequence[Experiment] = experiments()) -> Iterator[dict[str, Any]]:
    """`runs`, once all have ended: the lesson compares them."""
    yield {"runs": [_run(experiment) for experiment in source.each(runs)]}


def _run(experiment: Experiment) -> dict[str, Any]:
    trainer = Trainer(experiment)
    for _ in range(experiment.steps):
        trainer.step()
    errors = {"train_error": trainer.smooth[1], "test_error": trainer.test_error()}
    return {"experiment": str(experiment), **{kind: round(error, 4) for kind, error in errors.items()}}
