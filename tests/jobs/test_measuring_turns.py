"""Whose call is next where several sessions measure, against a client whose workers end calls when the test says so."""

from __future__ import annotations

from collections.abc import Callable
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
        return Timed(self.function(*self.arguments), self.client.takes[self.function])


class Client:
    """Notes whose calls come in which order."""

    def __init__(self) -> None:
        self.takes: dict[object, float] = {light: 0.1, heavy: 2.0}
        self.futures: list[Future] = []
        self.owners: list[str] = []

    def submit(self, call: object, function: Callable[..., Any], *arguments: Any, key: str, resources: object) -> Future:
        assert (call, resources) == (timed, MEASURING)
        assert key.startswith("study-")
        self.owners.append(arguments[0])
        self.futures.append(Future(self, function, arguments))
        return self.futures[-1]

    def end_one(self) -> None:
        next(future for future in self.futures if future.status == "pending").status = "finished"


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
