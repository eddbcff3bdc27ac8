"""Whose call is next where several sessions measure, against a client whose workers end calls when the test says so."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError
from typing import Any

import pytest

from resnet_viz.jobs import shared_calls
from resnet_viz.jobs.cluster import MEASURING
from resnet_viz.jobs.fair_queue import TEACHERS
from resnet_viz.jobs.measuring_turns import UNKNOWN, Timed, timed
from resnet_viz.jobs.shared_calls import SECONDS_AT_ONCE, Call, Studies


def light(owner: str, number: int) -> str:
    return f"{owner}{number}"


def heavy(owner: str, number: int) -> str:
    return f"{owner}{number}"


class Future:
    """What Dask has of a call."""

    def __init__(self, client: Client, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        self.client, self.function, self.arguments, self.status = client, function, arguments, "pending"

    def add_done_callback(self, _call: object) -> None:
        """Nobody is woken: the test looks."""

    def release(self) -> None:
        """Nothing is kept."""

    def result(self, timeout: float) -> Timed:
        assert timeout
        self.client.hands_over()
        return Timed(self.function(*self.arguments), self.client.takes[self.function])

    def exception(self, timeout: float) -> Exception:
        assert timeout
        return ValueError("no")


class Client:
    """Notes whose calls come in which order."""

    def __init__(self) -> None:
        self.takes: dict[object, float] = {light: 0.1, heavy: 2.0}
        self.futures: list[Future] = []
        self.owners: list[str] = []
        self.keys: list[str] = []
        self.hands_over: Callable[[], object] = lambda: None

    def submit(self, call: object, function: Callable[..., Any], *arguments: Any, key: str, resources: object) -> Future:
        assert (call, resources) == (timed, MEASURING)
        assert key.startswith("study-")
        self.owners.append(arguments[0])
        self.keys.append(key)
        self.futures.append(Future(self, function, arguments))
        return self.futures[-1]

    def end_one(self, status: str = "finished") -> None:
        next(future for future in self.futures if future.status == "pending").status = status


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.fixture
def studies(client: Client, monkeypatch: pytest.MonkeyPatch) -> Studies:
    monkeypatch.setattr(shared_calls, "AT_ONCE", 1)
    return Studies(lambda: client, workers=lambda: 2)


def run(studies: Studies, client: Client, count: int) -> list[str]:
    """Whose calls the workers are given while `count` of them end."""
    before = len(client.owners)
    for _ in range(count):
        client.end_one()
        studies.sweep()
    return client.owners[before:]


def calls(function: Callable[..., Any], owner: str, count: int) -> list[Call]:
    return [Call(function, owner, number) for number in range(count)]


def test_who_measures_what_is_heavy_gets_the_same_time_and_not_the_same_number(studies: Studies, client: Client) -> None:
    studies.look(calls(heavy, "a", 60), "a")
    studies.look(calls(light, "b", 200), "b")
    given = run(studies, client, 130)
    seconds = {owner: given.count(owner) * client.takes[of] for owner, of in (("a", heavy), ("b", light))}
    assert given.count("b") > 10 * given.count("a") > 0
    assert abs(seconds["a"] - seconds["b"]) <= client.takes[heavy]


def test_who_comes_new_is_next_and_many_calls_are_no_advantage(studies: Studies, client: Client) -> None:
    studies.look(calls(light, "a", 100), "a")
    run(studies, client, 30)
    studies.look(calls(light, "b", 2), "b")
    assert run(studies, client, 3)[:2] == ["b", "b"]


def test_students_measure_after_their_teacher(studies: Studies, client: Client) -> None:
    studies.look(calls(light, "student", 10), "student")
    studies.look(calls(heavy, "teacher", 5), "teacher", TEACHERS)
    assert run(studies, client, 6) == [*["teacher"] * 5, "student"]


def test_the_cluster_is_given_seconds_and_not_only_calls(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    studies = Studies(lambda: client, workers=lambda: 2)
    studies.look(calls(heavy, "a", 100), "a")
    run(studies, client, 60)
    at_work = sum(future.status == "pending" for future in client.futures)
    assert at_work * client.takes[heavy] <= SECONDS_AT_ONCE + client.takes[heavy]
    client.takes[heavy] = 100.0
    run(studies, client, 20)
    assert sum(future.status == "pending" for future in client.futures) >= 2, "no worker is idle, whatever a call takes"


def test_who_waits_is_told_how_long_and_it_is_so(studies: Studies, client: Client) -> None:
    """The seconds that are said are those of the calls that end before the first of one's own begins."""
    for owner in ("a", "b"):
        studies.look(calls(heavy, owner, 30), owner)
    run(studies, client, 20)
    own = calls(heavy, "c", 1)
    said = studies.look(own, "c").wait
    assert said is not None
    ended = 0
    while own[0].key not in studies._futures:
        run(studies, client, 1)
        ended += 1
    assert said == pytest.approx(ended * client.takes[heavy] / 2, abs=client.takes[heavy])
    assert studies.look(own, "c").wait is None
    assert studies.look(calls(light, "a", 1), "a").wait is not None


def test_a_call_that_nobody_has_made_counts_as_half_a_second(studies: Studies) -> None:
    studies.look(calls(heavy, "a", 1), "a")
    assert studies.look(calls(light, "b", 1), "b").wait == UNKNOWN / 2


def test_a_timed_call_says_what_it_found() -> None:
    found = timed(light, "x", 1)
    assert found.result == "x1"
    assert found.seconds >= 0


def test_no_page_waits_for_a_worker_or_for_who_does(studies: Studies, client: Client) -> None:
    """A worker that is gone is waited for by the thread that sweeps; pages look and watch meanwhile."""
    own, looked = calls(light, "a", 2), list[bool]()

    def page() -> None:
        studies.watch([studies.look(own, "a").name])
        looked.append(True)

    def hand_over() -> None:
        thread = threading.Thread(target=page, daemon=True)
        thread.start()
        thread.join(30)

    studies.look(own, "a")
    client.end_one()
    client.hands_over = lambda: pytest.fail("the page fetches")
    assert studies.look(own, "a").results == [None, None]
    client.hands_over = hand_over
    studies.sweep()
    assert looked == [True]
    assert studies.look(own, "a").results == ["a0", None]


def had(studies: Studies, owner: str) -> float:
    return studies._turns._served.lately().get(owner, 0.0)


@pytest.mark.parametrize("error", [TimeoutError, ConnectionError, CancelledError])
def test_a_result_that_its_worker_does_not_hand_over_is_made_again(
    studies: Studies, client: Client, error: type[Exception]
) -> None:
    def gone() -> None:
        raise error

    own = calls(light, "a", 3)
    studies.look(own, "a")
    charged = had(studies, "a")
    client.end_one()
    client.hands_over = gone
    studies.sweep()
    assert client.keys == [own[0].key] * 2, "before the others"
    assert had(studies, "a") == pytest.approx(charged, rel=1e-3), "nobody pays twice"
    client.hands_over = lambda: None
    run(studies, client, 3)
    assert studies.look(own, "a").results == ["a0", "a1", "a2"]


def test_a_result_that_cannot_be_read_fails_its_call_and_no_other(studies: Studies, client: Client) -> None:
    def unreadable() -> None:
        raise KeyError("unreadable")

    own = calls(light, "a", 2)
    studies.look(own, "a")
    client.end_one()
    client.hands_over = unreadable
    studies.sweep()
    client.hands_over = lambda: None
    run(studies, client, 1)
    assert studies.look(own, "a")[:3] == ([None, "a1"], True, "'unreadable'")


@pytest.mark.parametrize("how", ["stopped", "failed", "its cluster is gone"])
def test_what_comes_to_nothing_costs_no_more_than_its_time(
    studies: Studies, client: Client, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now)
    own = calls(heavy, "a", 1)
    studies.look(own, "a")
    assert had(studies, "a") == pytest.approx(UNKNOWN * 1_000, rel=1e-3)
    if how == "stopped":
        studies.stop(own)
    elif how == "failed":
        client.end_one("error")
        studies.sweep()
    else:
        monkeypatch.setattr(studies, "_client", lambda: None)
        studies.sweep()
    assert had(studies, "a") == 0


def test_a_call_that_is_dropped_while_its_result_comes_stays_dropped(studies: Studies, client: Client) -> None:
    own = calls(light, "a", 1)
    name = studies.look(own, "a").name
    client.end_one()
    client.hands_over = lambda: studies.stop(own)
    studies.sweep()
    assert studies.stand(name) == "0.0.1"
    studies.watch([name])
    assert not studies._seen


def test_failures_are_numbered_and_the_numbers_forgotten(
    studies: Studies, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_calls, "RESULTS", 2)
    own = calls(light, "a", 4)
    for call in (*own, own[-1]):
        studies.look([call], "a")
        client.end_one("error")
        studies.sweep()
        studies.stop([call])
    assert client.keys[-1] == f"{own[-1].key}-1", "the cluster remembers what failed, by name"
    assert studies._again == {own[2].key: 1, own[3].key: 2}
