"""Training error against depth, of the sweep that the degradation lesson proposes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from resnet_viz.recorder.figures.source import Source
from resnet_viz.studies.depth_sweep import Sweep
from resnet_viz.studies.recorded import FOLDER
from resnet_viz.training.trainer import run

FILE = FOLDER / "sweep.json"


def record(source: Source, *, sweep: Sweep = Sweep()) -> Iterator[dict[str, Any]]:  # noqa: B008 (a frozen value)
    """`sweep` and, once all runs have ended, their smoothed training `errors` at the end."""
    errors = []
    for experiment in source.each(sweep.calls):
        *_, last = run(experiment)
        errors.append(round(last.smooth_error, 4))
    yield {"sweep": str(sweep), "errors": errors}
