"""Few runs of pages at a time: who is next, who is no longer counted, and that whoever waits for something is in nobody's way."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from types import SimpleNamespace

import pytest

from resnet_viz.ui.kit import turns
from resnet_viz.ui.kit.turns import Places
from tests.waiting import until

LONG = 3600.0
Waits = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as pool:
        yield pool


class Drawing:
    """A run of a page that goes on until it is told to end."""

    def __init__(self, threads: ThreadPoolExecutor, places: Places, waits_for: Waits | None = None) -> None:
        self.began, self.told = threading.Event(), threading.Event()
        self._places, self._waits_for = places, waits_for
        self._future: Future[None] = threads.submit(self._run)

    def _run(self) -> None:
        with self._places.taken(), ExitStack() as held:
            self.began.set()
            if self._waits_for:
                held.enter_context(self._waits_for())
            assert self.told.wait(60)

    def end(self) -> None:
        self.told.set()
        self._future.result(60)


def waiting(places: Places) -> int:
    return len(places._changed._waiters)  # type: ignore[attr-defined]


def test_who_comes_first_is_next(threads: ThreadPoolExecutor) -> None:
    places, drawing = Places(most=2, seconds=LONG), []
    for n in range(4):
        drawing.append(Drawing(threads, places))
        until(lambda n=n: drawing[n].began.is_set() if n < 2 else waiting(places) == n - 1)
    drawing[1].end()
    until(drawing[2].began.is_set)
    assert not drawing[3].began.is_set()
    drawing[0].end()
    until(drawing[3].began.is_set)
    drawing[2].end()
    drawing[3].end()


def test_who_has_a_place_for_long_keeps_nobody_waiting(threads: ThreadPoolExecutor) -> None:
    places = Places(most=1, seconds=0.01)
    first, second = Drawing(threads, places), Drawing(threads, places)
    until(first.began.is_set)
    until(second.began.is_set)
    first.end()
    second.end()
    with places.taken():
        assert len(places._since) == 1, "a place is given back once"


def test_a_place_stays_free_for_a_moment_where_somebody_waits(
    threads: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In it the server sends what has been drawn; where nobody waits nothing is put off, nor by who has left its place."""
    rests: list[int] = []
    places = Places(most=1, seconds=LONG)
    monkeypatch.setattr(turns, "time", SimpleNamespace(sleep=lambda _: rests.append(1), monotonic=time.monotonic))
    with places.taken():
        pass
    assert not rests
    first, second = Drawing(threads, places), Drawing(threads, places)
    until(lambda: waiting(places) == 1)
    for one in (first, second):
        one.told.set()
    for one in (first, second):
        one.end()
    assert len(rests) == 1
    with places.taken():
        third = Drawing(threads, places)
        until(lambda: waiting(places) == 1)
        places.leave()
        until(third.began.is_set)
        fourth = Drawing(threads, places)
        until(lambda: waiting(places) == 1)
    assert len(rests) == 1
    third.end()
    fourth.end()


def test_who_waits_for_a_turn_leaves_its_place(threads: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch) -> None:
    places = Places(most=1, seconds=LONG)
    monkeypatch.setattr(turns, "drawing", places)
    with turns.measuring():
        waits = Drawing(threads, places, turns.measuring)
        next_one = Drawing(threads, places)
        until(next_one.began.is_set)
        assert waits.began.is_set()
        next_one.end()
    waits.end()


def test_a_run_that_fails_gives_its_place_back() -> None:
    places = Places(most=1, seconds=LONG)
    for _ in range(2):
        with pytest.raises(KeyError), places.taken():
            raise KeyError("page")
