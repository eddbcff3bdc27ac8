"""What the channel tells of runs and studies: new points, and how they stand."""

from __future__ import annotations

import base64
import json
from array import array
from collections.abc import Sequence
from statistics import fmean
from typing import TYPE_CHECKING

from resnet_viz.ui.live.hub import Hub, News

if TYPE_CHECKING:
    from resnet_viz.jobs.engine import Engine
    from resnet_viz.jobs.run_state import RunState, RunView
    from resnet_viz.training.records import StepRecord

RECENT = 20
"""Steps over which the speed is averaged."""
STRIDE = 10
"""Steps from one news of how far a run is to the next."""
ALIVE = ("waiting", "running")


def tell_of(engine: Engine, hub: Hub) -> None:
    """Have the channel tell of everything that an engine does.

    Topics: `run:<key>` is a run with all its points, `stand:<key>` only how it stands (`alive` while it waits or trains),
    `far:<key>` that and how many steps there are, `study:<name>` how many calls of a study have ended, `engine:problem` which
    problem there is.
    """

    def run(key: str, mark: str) -> News | None:
        state = engine.known(key)
        return run_news(state, mark) if state and (state.history is not None or not state.is_over) else None

    def stand(key: str, mark: str) -> News | None:
        state = engine.known(key)
        return _standing(standing(state.run.status), mark) if state else None

    def far(key: str, mark: str) -> News | None:
        state = engine.known(key)
        return far_news(state, mark) if state else None

    def changed(kind: str, name: str) -> None:
        hub.changed(f"{kind}:{name}")
        if kind == "run":
            hub.changed(f"stand:{name}")
            hub.changed(f"far:{name}")

    hub.offer("run", run, engine.watch)
    hub.offer("stand", stand, engine.watch)
    hub.offer("far", far, engine.watch)
    studies = engine.studies
    hub.offer("study", lambda name, mark: _standing(studies.stand(name), mark), lambda names, _: studies.watch(names))
    hub.offer("engine", lambda _name, mark: _standing(problem_code(engine), mark), lambda _names, _visitor: None)
    engine.news(changed)


def _standing(status: str, mark: str) -> News | None:
    """News of a topic of which only this is told."""
    return News(status, json.dumps({"status": status})) if status != mark else None


def far_news(state: RunState, mark: str) -> News | None:
    """How a run stands and how many steps it has, every `STRIDE` steps."""
    stands, step = standing(state.run.status), state.steps
    now = f"{step // STRIDE}.{stands}"
    return News(now, json.dumps({"status": stands, "step": step})) if now != mark else None


def standing(status: str) -> str:
    """A run's status, without whether it waits or trains."""
    return "alive" if status in ALIVE else status


def standing_of(view: RunView) -> str:
    """What a page draws anew when it changes: a run's status, from where it went on by itself, and why it is not kept."""
    more = [str(view.run.result.get("resumed", "")), view.unkept.code if view.unkept else ""]
    return ".".join([view.run.status, *filter(None, more)])


def problem_code(engine: Engine) -> str:
    """The code of what is wrong with the cluster or the store, or `none`."""
    return engine.problem.code if engine.problem else "none"


def run_news(state: RunState, mark: str) -> News | None:
    """What is new of a run. A mark is the number of points, and the version of what else is said."""
    version, records = state.version, state.history.records if state.history else []
    count = len(records)  # read after the version: what changes meanwhile is told again
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
        "status": standing_of(view),
        "says": says(view, count),
        "step": count,
        "ahead": view.ahead,
        "wait": view.wait,
        "rate": speed(records[:count]),
        "silent": view.silent,
        "test": view.run.result.get("test_error"),
    }
    if glimpse := newest(new):
        said["glimpse"] = glimpse
    return News(f"{count}.{version}", json.dumps(said, separators=(",", ":"), allow_nan=False))


def says(view: RunView, count: int) -> str:
    """Which sentence says how a run of `count` steps stands: the end of its key, `status_<key>`."""
    status = view.run.status
    if view.asked:
        return {"stop": "stopping", "pause": "pausing"}[view.asked]
    if status == "waiting":
        if view.wait is None:
            return "waiting" if view.ahead else "starting"
        return "waiting_timed" if view.ahead else "waiting_next"
    if status == "running":
        return "silent" if view.silent else "running" if count else "starting"
    return f"stopped_{view.run.reason}" if status == "stopped" else status


def speed(records: Sequence[StepRecord]) -> float | None:
    """Pictures a second of late; None before the first step."""
    return fmean(record.rate for record in records[-RECENT:]) if records else None


def newest(records: Sequence[StepRecord]) -> int:
    """The last step at which a network was looked at (`StepRecord.glimpse`); 0 where it was not."""
    return next((record.step for record in reversed(records) if record.glimpse), 0)


def packed(values: Sequence[float]) -> str:
    """Numbers as base64 of float32, the lowest byte first as all of today's processors have it: a history travels as bytes."""
    return base64.b64encode(array("f", values).tobytes()).decode()
