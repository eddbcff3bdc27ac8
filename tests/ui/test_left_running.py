"""Somebody leaves a lesson while it trains: other pages say how far it is and lead back, of one's own runs and of no other's."""

from __future__ import annotations

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from resnet_viz.jobs.changes import StoredRun
from resnet_viz.jobs.run_state import RunRecords, RunState, key_of
from resnet_viz.studies.race import network
from resnet_viz.text import LANGUAGES, lesson
from resnet_viz.training.experiment import Experiment
from resnet_viz.training.records import StepRecord
from resnet_viz.ui.kit import left_running, run_client
from resnet_viz.ui.kit.course import place_of
from resnet_viz.ui.live import CHANNEL
from tests.ui.test_pages import open_page

PAIR = (Experiment(network(8, plain=True), steps=100), Experiment(network(8), steps=100))
LINK = "!".join(map(str, PAIR))
ME, OTHER = "me", "somebody else"


class App:
    """What an app knows of runs."""

    def __init__(self) -> None:
        self.runs: dict[str, RunState] = {}
        self.asked = 0

    def known(self, key: str) -> RunState | None:
        self.asked += 1
        return self.runs.get(key)

    def has(self, run: Experiment, status: str, steps: int = 0, owner: str = ME) -> None:
        stored = StoredRun(key_of(run), str(run), status, "", {}, "", 0.0, 0)  # type: ignore[arg-type]
        records = RunRecords(StepRecord(step, 1.0, 0.5, 1.0, 0.5, 100.0) for step in range(1, steps + 1))
        self.runs[key_of(run)] = RunState(stored, owner, records)


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> App:
    """A page's engine is this one, and its browser is mine."""
    made = App()
    monkeypatch.setattr(run_client, "engine", lambda: made)
    monkeypatch.setattr(left_running, "visitor", lambda: ME)
    return made


def said(at: AppTest) -> dict[str, Any] | None:
    """What the line is given."""
    assert not at.exception, at.exception
    found = [each.proto for each in at.get("bidi_component") if "left_running" in each.proto.component_name]
    return json.loads(found[0].json) if found else None


def followed(at: AppTest) -> set[str]:
    """The topics of which the channel tells this session's browser."""
    seat = CHANNEL._seats.get(at.session_state["live_seat"]) if "live_seat" in at.session_state else None
    return {*seat.topics} if seat else set()


@pytest.mark.parametrize("page", ["home", "block", "plan"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_another_page_says_how_far_ones_runs_are_and_leads_back(app: App, page: str, language: str) -> None:
    app.has(PAIR[0], "running", 41)
    app.has(PAIR[1], "waiting")
    at = open_page(page, runs=LINK, lang=language)
    topics = [f"far:{key_of(run)}" for run in PAIR]
    place, words, found = place_of("degradation"), lesson("common", language).labels, said(at)
    assert place
    assert found
    assert found["runs"] == [
        {"topic": topics[0], "steps": 100, "step": 41, "status": "alive"},
        {"topic": topics[1], "steps": 100, "step": 0, "status": "alive"},
    ]
    assert str(place.number) in found["says"]["alive"]
    assert "{part:.0%}" in found["says"]["alive"]
    assert words["left_back"] in [each.proto.label for each in at.get("page_link")]
    assert followed(at) == {*topics}


def test_nothing_is_said_where_nothing_of_ones_own_trains(app: App) -> None:
    assert said(open_page("block")) is None
    assert not app.asked, "who trains nothing costs nothing"
    for run in PAIR:
        app.has(run, "running", 5, owner=OTHER)
    at = open_page("block", runs=LINK)
    assert said(at) is None, "a link brings somebody else's board, and nothing is heard of it"
    assert not followed(at)
    app.has(PAIR[0], "done", 100)
    app.has(PAIR[1], "paused", 5)
    assert said(open_page("block", runs=LINK)) is None, "nothing was left training"
    app.has(PAIR[0], "running", 5)
    at = open_page("block", runs=LINK)
    assert followed(at) == {f"far:{key_of(PAIR[0])}"}
    assert said(open_page("block", runs=LINK, sheet="worksheet")) is None


def test_what_has_ended_meanwhile_is_said_too_also_once_it_is_off_the_board(app: App) -> None:
    for run in PAIR:
        app.has(run, "running", 5)
    at = open_page("block", runs=LINK)
    app.has(PAIR[0], "done", 100)
    app.has(PAIR[1], "failed", 7)
    at.switch_page("../../pages/plan.py").run()
    found = said(at)
    assert found
    assert [(run["step"], run["status"]) for run in found["runs"]] == [(100, "done"), (7, "failed")]
    app.runs.clear()
    assert said(at.run()) is None, "what the app knows nothing of is not spoken of"
