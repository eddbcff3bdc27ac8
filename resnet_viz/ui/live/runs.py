"""What the channel tells of a run: its new points, and how it stands."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from statistics import fmean
from typing import TYPE_CHECKING

import numpy as np

from resnet_viz.ui.live.hub import News, Source

if TYPE_CHECKING:
    from resnet_viz.jobs.engine import Engine

RECENT = 20
"""Steps over which the speed is averaged."""


def run_source(engine: Engine) -> Source:
    """Topics `run:<key>`, of runs that are in memory. A mark is the number of points and the version of what else is said."""

    def since(key: str, mark: str) -> News | None:
        state = engine.known(key)
        if state is None:
            return None
        records = state.history.records if state.history else []
        version, count = state.version, len(records)  # first the version: what changes meanwhile is told again
        had, _, heard = mark.partition(".")
        start = int(had) if had.isdecimal() and len(had) < 10 and int(had) <= count else 0
        if mark and start == count and heard == str(version):
            return None
        new = records[start:count]
        view = state.view(may_stop=False)
        said = {
            "from": start,
            "columns": {
                "error": packed([record.smooth_error for record in new]),
                "loss": packed([record.smooth_loss for record in new]),
            },
            "status": view.run.status,
            "asked": view.asked,
            "ahead": view.ahead,
            "wait": view.wait,
            "rate": fmean(record.rate for record in records[:count][-RECENT:]) if count else None,
        }
        return News(f"{count}.{version}", json.dumps(said, separators=(",", ":"), allow_nan=False))

    return since


def packed(values: Sequence[float]) -> str:
    """Numbers as base64 of float32: a whole history travels as bytes."""
    return base64.b64encode(np.asarray(values, dtype="<f4").tobytes()).decode()
