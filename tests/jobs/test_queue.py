"""The queue: who is next, what one session may ask for, what is refused and said. No cluster is needed for that."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_viz.jobs import connection
from resnet_viz.jobs.engine import OWNERS, Busy, Engine, key_of
from resnet_viz.jobs.fair_queue import TEACHERS, TURN, Share, Waiting, order, overdue
from resnet_viz.jobs.store import Store
from tests.jobs.helpers import experiment
from tests.threads import at_once
from tests.waiting import until


@pytest.fixture(autouse=True)
def soon_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here nobody answers: the shorter one waits for that, the sooner all goes on."""
    monkeypatch.setattr(connection, "CONNECT", 0.2)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = Engine(Store(tmp_path / "s.sqlite"), address="tcp://127.0.0.1:9")  # nobody is there
    yield made
    made.close()


waiting_runs = st.lists(
    st.builds(
        Waiting,
        st.uuids().map(str),
        st.sampled_from("abc"),
        st.integers(TEACHERS, 1),
        st.floats(0, 100),
        st.floats(1, 10),
    ),
    max_size=30,
    unique_by=lambda run: run.key,
)


@given(waiting_runs, st.dictionaries(st.sampled_from("abc"), st.floats(0, 50)))
def test_whoever_has_had_least_is_next(waiting: list[Waiting], served: dict[str, float]) -> None:
    """The queue is what choosing the next run again and again comes to."""
    had: dict[str, float] = {**dict.fromkeys("abc", 0.0), **served}
    left, expected = list(waiting), list[Waiting]()
    while left:
        rank = min(run.rank for run in left)
        first = {
            owner: min((r for r in left if r.owner == owner and r.rank == rank), key=lambda r: (r.created, r.key), default=None)
            for owner in "abc"
        }
        run = min((r for r in first.values() if r), key=lambda r: (had[r.owner], r.created, r.owner))
        expected.append(run)
        left.remove(run)
        had[run.owner] += run.work
    assert order(waiting, served) == expected


def test_a_session_with_many_runs_delays_others_by_one() -> None:
    many = [Waiting(f"many{n}", "many", 0, n, 1.0) for n in range(20)]
    one = Waiting("one", "one", 0, 100.0, 1.0)
    sweep = [Waiting(f"sweep{n}", "sweep", 1, n, 1.0) for n in range(20)]
    queue = order([*sweep, *many, one], {})
    assert queue.index(one) == 1
    assert all(run.rank for run in queue[21:])


def test_a_run_that_has_had_its_turn_gives_way_to_another_session() -> None:
    long, short = Waiting("long", "a", 0, 0.0, 100.0), Waiting("short", "a", 0, 1.0, 1.0)
    other, swept = Waiting("other", "b", 0, 2.0, 1.0), Waiting("swept", "b", 1, 2.0, 1.0)
    training = [(long, TURN + 2), (short, TURN + 1)]
    assert overdue(training, [other], {"a": 5.0}) == ["long"], "one run waits, one gives way"
    assert overdue(training, [other], {"a": 5.0, "b": 6.0}) == [], "who waits has had more"
    assert overdue(training, [swept], {"a": 5.0}) == [], "sweeps wait for all others"
    assert overdue(training, [short._replace(key="own")], {}) == [], "nobody else waits"
    assert overdue([(long, TURN - 1)], [other], {"a": 5.0}) == []
    teachers = Waiting("teachers", "t", TEACHERS, 3.0, 100.0)
    assert overdue(training, [teachers], {"t": 99.0}) == ["long"], "a class's teacher goes first"
    assert overdue([(teachers, TURN + 1)], [other], {"t": 99.0}) == [], "and gives way to nobody of the class"


def test_what_a_session_may_have_is_bounded(engine: Engine) -> None:
    share = engine.share
    for seed in range(share.runs):
        engine.ask(experiment(seed), owner="ann")
    with pytest.raises(Busy, match=str(share.runs)):
        engine.ask(experiment(999), owner="ann")
    engine.ask(experiment(0), owner="ann")  # what is there already may always be watched
    engine.ask(experiment(999), owner="bob")
    until(lambda: _ahead(engine, 999) == 1)
    engine.cancel(key_of(experiment(3)), "ann")
    engine.ask(experiment(998), owner="ann")  # one that was stopped makes room


def test_so_is_the_work(engine: Engine) -> None:
    big = [experiment(seed, steps=2000, n=5) for seed in range(4)]
    engine.share = Share(work=2.5 * engine.keeper.clock.work(str(big[0])))
    engine.ask(big[0], owner="ann")
    engine.ask(big[1], owner="ann")
    with pytest.raises(Busy, match="80%"):
        engine.ask(big[2], owner="ann")
    engine.ask(big[2], owner="bob")
    assert engine.view(key_of(big[3])) is None, "what was refused does not wait"


def test_the_class_is_bounded_too(engine: Engine) -> None:
    engine.limits = engine.limits._replace(waiting=3, swept=2)
    for seed in range(3):
        engine.ask(experiment(seed), owner=str(seed))
    with pytest.raises(Busy, match="3 runs"):
        engine.ask(experiment(9), owner="9")
    for seed in range(10, 12):
        engine.ask(experiment(seed), rank=1, owner=str(seed))
    with pytest.raises(Busy, match="2 runs"):
        engine.ask(experiment(12), rank=1, owner="12")


def _ahead(engine: Engine, seed: int) -> int:
    view = engine.view(key_of(experiment(seed)))
    assert view
    return view.ahead


def test_runs_of_a_sweep_wait_behind_all_others(engine: Engine) -> None:
    swept = 40
    for seed in range(swept):
        engine.ask(experiment(seed), rank=1)
    engine.ask(experiment(999))
    engine.ask(experiment(30))  # one of the sweep's, now wanted by somebody
    until(lambda: _ahead(engine, 39) == swept)
    assert {_ahead(engine, 999), _ahead(engine, 30)} == {0, 1}
    last = engine.view(key_of(experiment(39)))
    assert last
    assert last.wait is None, "the machine's speed is not known"
    engine.keeper.connection.count = 2
    engine.keeper.clock.heard(str(experiment(0)), rate=100.0)
    engine.keeper.wake()
    until(lambda: (view := engine.view(key_of(experiment(39)))) and view.wait)
    timed = engine.view(key_of(experiment(39)))
    assert timed
    assert timed.wait == pytest.approx(swept * 40 * experiment().batch / 100 / 2)
    assert {run.key for run in engine.store.unfinished() if run.rank <= 0} == {key_of(experiment(999)), key_of(experiment(30))}


def test_a_scheduler_that_does_not_answer_is_named(engine: Engine) -> None:
    key = engine.ask(experiment(0))
    until(lambda: engine.problem)
    assert engine.problem
    assert engine.problem.code == "engine_unreachable"
    assert "tcp://127.0.0.1:9" in str(engine.problem)
    engine.cancel(key)
    view = engine.view(key)
    assert view
    assert (view.run.status, view.run.reason) == ("stopped", "asked"), "at once, without a worker"


def test_sessions_are_remembered_whoever_comes_meanwhile(engine: Engine) -> None:
    """More than are kept for nothing, from several threads, as pages ask."""
    times = OWNERS * 2 // 3
    at_once(*[lambda n, who=who: engine.watch([], f"{who}-{n}") for who in range(3)], times=times)
    assert len(engine._owners) == 3 * times > OWNERS


def test_thirty_runs_and_a_board_are_read_from_the_store_once(tmp_path: Path) -> None:
    store = Store(tmp_path / "s.sqlite")
    keys = [key_of(experiment(seed)) for seed in range(36)]
    for seed, key in enumerate(keys):
        store.ask(key, str(experiment(seed)))
        store.add_steps(key, [(1, [1, 2.0, 0.5, 2.0, 0.5, 100.0, None, None, ""])])
        store.set_status(key, "done", result={"step": 1})
    engine = Engine(store, address="tcp://127.0.0.1:9")
    read: list[str] = []
    whole = store.steps
    store.steps = lambda key, after=0: read.append(key) or whole(key, after)  # type: ignore[method-assign, func-returns-value]
    try:
        for _ in range(5):
            for key in keys:
                view = engine.view(key)
                assert view
                assert view.step == len(engine.history(key)) == 1
        assert sorted(read) == sorted(keys)
    finally:
        engine.close()
