"""What the channel tells of a run is what the run has shown, whenever one begins to listen and wherever one was cut off."""

from __future__ import annotations

import base64
import json
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_viz.jobs.changes import StoredRun
from resnet_viz.jobs.run_state import RunRecords, RunState, key_of
from resnet_viz.refused import Refused
from resnet_viz.studies.race import network
from resnet_viz.text import lesson
from resnet_viz.training.experiment import Experiment
from resnet_viz.training.records import StepRecord
from resnet_viz.ui.live.hub import Hub, News
from resnet_viz.ui.live.runs import STRIDE, far_news, newest, run_news, says, speed, standing_of, tell_of

RUN = Experiment(network(8), steps=100)


def a_run(status: str = "running", steps: int = 0) -> RunState:
    run = StoredRun(key_of(RUN), str(RUN), status, "", {}, "", 0.0, 0)  # type: ignore[arg-type]
    return RunState(run, "me", RunRecords(record(step) for step in range(1, steps + 1)))


def record(step: int) -> StepRecord:
    return StepRecord(step, 1.0, 0.5, 2.0 / step, 1.0 / step, 100.0 * step)


def numbers(packed: str) -> list[float]:
    return [float(value) for value in np.frombuffer(base64.b64decode(packed), dtype="<f4")]


class Browser:
    """Takes news as shared/live.js does."""

    def __init__(self) -> None:
        self.mark = ""
        self.error: list[float] = []
        self.fields: dict[str, Any] = {}

    def hear(self, state: RunState) -> bool:
        news = run_news(state, self.mark)
        if news is None:
            return False
        self.fields |= json.loads(news.data)
        assert self.fields["from"] <= len(self.error), "no gap"
        self.error = self.error[: self.fields["from"]] + numbers(self.fields["columns"]["error"])
        self.mark = news.mark
        return True


@given(st.lists(st.sampled_from(["step", "pause", "silence", "late", "cut"]), max_size=30))
def test_whoever_listens_has_all_of_it_once(events: list[str]) -> None:
    """One listens all the time, one comes late, and one is cut off and goes on from its mark."""
    state = a_run()
    always, late, cut = Browser(), Browser(), Browser()
    always.hear(state)
    for event in events:
        if event == "step":
            state.history.add([record(len(state.history) + 1)])  # type: ignore[union-attr, arg-type]
        elif event == "pause":
            state.ask("pause" if state.command != "pause" else "")
        elif event == "silence":
            state.unkept = None if state.unkept else Refused("store_no_room", most=200.0)
            state.notice()
        elif event == "late":
            late = Browser()
        else:
            cut.hear(state)
        always.hear(state)
        assert not always.hear(state), "nothing is told twice"
    expected = [np.float32(each.smooth_error) for each in state.history.records]  # type: ignore[union-attr]
    for each in (always, late, cut):
        each.hear(state)
        assert each.error == expected
        assert each.fields["status"] == standing_of(state.view(may_stop=False))
        assert each.fields["says"] == ("pausing" if state.command else "running" if expected else "starting")
        assert each.fields["step"] == len(expected)


@pytest.mark.parametrize("mark", ["", "0.0", "999.0", "-1.2", "x", "9" * 30, "3"])
def test_any_mark_is_answered_with_what_follows_it_or_with_everything(mark: str) -> None:
    news = run_news(a_run(steps=5), mark)
    assert news
    said = json.loads(news.data)
    assert said["from"] == (3 if mark == "3" else 0)
    assert len(numbers(said["columns"]["loss"])) == 5 - said["from"]


def test_the_speed_is_of_late() -> None:
    assert speed([]) is None
    assert speed([record(step) for step in range(1, 101)]) == pytest.approx(100 * (81 + 100) / 2)


def test_the_last_step_at_which_a_network_was_looked_at() -> None:
    records = [record(step) for step in range(1, 9)]
    records[4] = records[4]._replace(glimpse=([], []))  # type: ignore[arg-type]
    assert newest(records) == 5
    assert newest(records[5:]) == 0
    state = a_run()
    state.history = RunRecords(records)
    listener = Browser()
    listener.hear(state)
    assert listener.fields["glimpse"] == 5
    state.history.add([record(9)])
    listener.hear(state)
    assert listener.fields["glimpse"] == 5, "it stays until there is another"


@pytest.mark.parametrize("status", ["waiting", "running", "paused", "done", "failed"])
def test_how_a_run_stands_has_words(status: str) -> None:
    labels = lesson("degradation").labels
    for steps in (0, 3):
        state = a_run(status, steps)
        assert f"status_{says(state.view(may_stop=True), steps)}" in labels
        state.ask("stop")
        state.expect(2, None)
        assert f"status_{says(state.view(may_stop=True), steps)}" in labels


def far_told(state: RunState, steps: int) -> list[dict[str, Any]]:
    """What somebody hears who listens while a run comes to so many steps, and once more when it is done."""
    mark, told = "", []

    def listen() -> None:
        nonlocal mark
        if news := far_news(state, mark):
            mark = news.mark
            told.append(json.loads(news.data))

    listen()
    for step in range(1, steps + 1):
        state.history.add([record(step)])  # type: ignore[union-attr]
        listen()
    state.set("done")
    listen()
    return told


def test_how_far_a_run_is_told_at_every_so_many_steps_and_at_its_end() -> None:
    told = far_told(a_run(), 3 * STRIDE + 2)
    assert [one["step"] for one in told] == [0, STRIDE, 2 * STRIDE, 3 * STRIDE, 3 * STRIDE + 2]
    assert [one["status"] for one in told] == ["alive"] * 4 + ["done"]


def test_who_hears_only_how_far_a_run_is_keeps_it_alive_too() -> None:
    """Otherwise it would stop soon after its page is left, while its session is in the lesson after it."""
    state, offered = a_run(), {}
    watched, tells, told = [], [], []  # type: ignore[var-annotated]

    class Listener(Hub):
        def offer(self, kind: str, source: Any, watch: Any) -> None:
            offered[kind] = source, watch

        def changed(self, topic: str) -> None:
            told.append(topic)

    studies = SimpleNamespace(stand=str, watch=list)
    known, watching = {state.key: state}.get, lambda *who: watched.append(who)
    engine = SimpleNamespace(known=known, watch=watching, studies=studies, news=tells.append)
    tell_of(engine, Listener())  # type: ignore[arg-type]
    tells[0]("run", state.key)
    assert f"far:{state.key}" in told
    source, watch = offered["far"]
    assert source(state.key, "") == News("0.alive", json.dumps({"status": "alive", "step": 0}))
    assert source("of nobody", "") is None
    watch([state.key], "me")
    assert watched == [([state.key], "me")]
