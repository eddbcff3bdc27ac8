"""What the keeper does in moments that no cluster brings about when a test wants it to: its thread stands still here."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from resnet_viz.jobs import keeper
from resnet_viz.jobs.engine import Engine
from resnet_viz.jobs.keeper import Keeper
from resnet_viz.jobs.run_state import RunState
from resnet_viz.jobs.store import Store
from tests.jobs.helpers import experiment, status
from tests.waiting import until


class Future:
    """A task that does not end by itself."""

    def __init__(self) -> None:
        self.status, self.released = "pending", False

    def add_done_callback(self, _call: object) -> None:
        """Nobody is woken."""

    def release(self) -> None:
        self.released = True


class Client:
    """Takes tasks and does none."""

    def __init__(self) -> None:
        self.status, self.futures = "running", list[Future]()

    def submit(self, *_task: object, **_how: object) -> Future:
        self.futures.append(Future())
        return self.futures[-1]

    def close(self, timeout: float) -> None:
        assert timeout


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setattr(Keeper, "_look_after", lambda _self: None)
    monkeypatch.setattr(keeper, "write_wishes", lambda *_wishes: None)
    made = Engine(Store(tmp_path / "s.sqlite"), address="tcp://127.0.0.1:9")
    made.keeper.connection._client = Client()
    workers(made, 1)
    yield made
    made.close()


def workers(engine: Engine, count: int) -> None:
    engine.keeper.connection._found, engine.keeper.connection.count = [f"worker {n}" for n in range(count)], count


def asked(engine: Engine, count: int) -> list[RunState]:
    states = [engine.runs.state(engine.ask(experiment(number), owner=f"{number}")) for number in range(count)]
    return [state for state in states if state]


def between(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    """`happens` once a run has got a task, before anything else is done."""

    def noted(state: RunState, name: str, value: object) -> None:
        object.__setattr__(state, name, value)
        if name == "future" and value:
            happens()

    monkeypatch.setattr(RunState, "__setattr__", noted)


def test_a_worker_that_begins_at_once_keeps_its_task(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    (state,) = asked(engine, 1)
    between(monkeypatch, lambda: engine.keeper._heard({"key": state.key, "kind": "running", "step": 0}))
    engine.keeper._submit()
    (future,) = engine.keeper.connection.client.futures
    assert state.future is future
    assert not future.released
    assert status(engine, state.key) == "running"


@pytest.mark.parametrize(("press", "stands"), [(Engine.pause, "paused"), (Engine.cancel, "stopped")])
def test_what_is_pressed_while_a_task_is_given_out_holds(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, press: Callable[[Engine, str, str], None], stands: str
) -> None:
    """Whoever presses has seen no task, and the keeper gives one out before the press is noted."""
    (state,) = asked(engine, 1)
    client, note = engine.keeper.connection.client, RunState.set
    starts = threading.Thread(target=engine.keeper._start, args=(state,))

    def noted(state: RunState, *news: Any, **figures: Any) -> None:
        if not client.futures:
            starts.start()
            until(lambda: client.futures)
        note(state, *news, **figures)

    monkeypatch.setattr(RunState, "set", noted)
    press(engine, state.key, "0")
    starts.join()
    assert status(engine, state.key) == stands
    assert state.future is None
    assert client.futures[0].released


def test_news_of_a_run_that_is_stopped_does_not_start_it_again(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message comes from the client's thread, and finds a task that the keeper's thread is about to take away."""
    (state,) = asked(engine, 1)
    engine.keeper._submit()
    engine.cancel(state.key, "0")
    note, stops = RunState.set, threading.Thread(target=engine.keeper._tell, args=(state,))

    def noted(state: RunState, *news: Any, **figures: Any) -> None:
        if news[0] == "running":
            stops.start()
            until(lambda: engine.runs.lock._is_owned() or not stops.is_alive())  # type: ignore[attr-defined]
        note(state, *news, **figures)

    monkeypatch.setattr(RunState, "set", noted)
    engine.keeper._heard({"key": state.key, "kind": "saved", "step": 0})
    stops.join()
    assert status(engine, state.key) == "stopped"
    assert state.future is None


@pytest.mark.parametrize(("count", "timed"), [(0, []), (1, [1, 2, 3]), (2, [2, 3]), (4, []), (9, [])])
def test_who_is_next_is_told_how_long_where_no_worker_is_free(engine: Engine, count: int, timed: list[int]) -> None:
    states = asked(engine, 4)
    engine.keeper.clock.heard(states[0].run.experiment, rate=100.0)
    workers(engine, 1)
    engine.keeper._submit()
    workers(engine, count)
    engine.keeper._estimate()
    assert states[0].future
    assert [n for n, state in enumerate(states) if state.wait is not None] == timed
    assert [state.ahead for state in states[1:]] == [0, 1, 2]
    assert all(state.wait > 0 for state in states if state.wait is not None)


def test_who_has_a_worker_waits_for_nothing(engine: Engine) -> None:
    first, second = asked(engine, 2)
    engine.keeper.clock.heard(first.run.experiment, rate=100.0)
    engine.keeper._submit()
    engine.keeper._estimate()
    assert second.wait
    engine.keeper._fail(first, ValueError("its end"))
    engine.keeper._submit()
    assert second.future
    assert (second.ahead, second.wait) == (0, None)
