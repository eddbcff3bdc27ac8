"""The channel: what has happened arrives once, in order, also after a break, and nobody hears what is not theirs."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_viz.ui.live import hub as hub_module
from resnet_viz.ui.live.hub import Hub, News, Seat, read_marks
from tests.loops import run
from tests.threads import at_once


class Log:
    """A topic that grows by numbers; its mark is how many there are."""

    def __init__(self) -> None:
        self.values: list[int] = []
        self.asked = 0
        self.watched: list[tuple[list[str], str]] = []

    def since(self, _name: str, mark: str) -> News | None:
        self.asked += 1
        had = int(mark or 0)
        new = self.values[had:]
        return News(str(len(self.values)), json.dumps(new)) if new else None


def opened(log: Log, *topics: str) -> tuple[Hub, str]:
    hub = Hub()
    hub.offer("log", log.since, lambda names, visitor: log.watched.append((names, visitor)))
    token = hub.take_seat("me", "me")
    hub.follow(token, topics)
    return hub, token


def seated(log: Log, *topics: str) -> tuple[Hub, Seat]:
    """The same, with the seat that the token opens in place of it."""
    hub, token = opened(log, *topics)
    seat = hub.seat(token, "me")
    assert seat
    return hub, seat


def heard(chunk: bytes) -> list[int]:
    """The numbers of topic a."""
    found = [json.loads(line) for line in re.findall(rb"^data: (.*)$", chunk.replace(b"follows\ndata", b""), re.MULTILINE)]
    return [n for topic, news in found if topic == "log:a" for n in news]


def last_id(chunk: bytes) -> str:
    (found,) = re.findall(rb"^id: (.*)$", chunk, re.MULTILINE)
    return str(found.decode())


async def next_news(events: AsyncIterator[bytes]) -> bytes:
    """The next chunk that says something."""
    async with asyncio.timeout(20):
        while True:
            chunk = await anext(events)
            if b"data: [" in chunk and b"id:" in chunk:
                return chunk


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "PACE", 0.0)


def test_who_comes_late_gets_everything_and_then_what_comes() -> None:
    async def go() -> None:
        log = Log()
        hub, token = opened(log, "log:a")
        log.values += [1, 2, 3]
        seat = hub.seat(token, "me")
        assert seat
        events = hub.events(seat, {})
        assert heard(await next_news(events)) == [1, 2, 3]
        log.values += [4]
        hub.changed("log:a")
        assert heard(await next_news(events)) == [4]
        assert log.watched == [(["a"], "me")]

    run(go())


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=12))
def test_after_any_break_there_is_neither_a_gap_nor_a_double(steps: list[tuple[int, bool]]) -> None:
    """Each step adds some numbers and perhaps breaks the connection; what was sent is asked on from by the last event's id."""

    async def go() -> None:
        log, numbers = Log(), itertools.count()
        hub, seat = seated(log, "log:a")
        got: list[int] = []
        marks: dict[str, str] = {}
        events = hub.events(seat, marks)
        for count, breaks in steps:
            log.values += [next(numbers) for _ in range(count)]
            hub.changed("log:a")
            if count:
                chunk = await next_news(events)
                got += heard(chunk)
                marks = read_marks(last_id(chunk))
            if breaks:
                events = hub.events(seat, marks)
        assert got == log.values

    run(go())


def test_what_is_followed_anew_is_told_anew() -> None:
    """The browser has forgotten what it did not follow in between, and was told so in the same stream."""

    async def go() -> None:
        log = Log()
        hub, token = opened(log, "log:a")
        seat = hub.seat(token, "me")
        assert seat
        log.values += [1, 2]
        events = hub.events(seat, {})
        assert heard(await next_news(events)) == [1, 2]
        hub.follow(token, [])
        assert b"event: follows\ndata: []\n\n" in await anext(events)
        hub.follow(token, ["log:b"], also=True)
        hub.follow(token, ["log:a"], also=True)
        chunk = await next_news(events)
        assert chunk.startswith(b'event: follows\ndata: ["log:b", "log:a"]\n\n')
        assert heard(chunk) == [1, 2]

    run(go())


def test_a_place_that_is_given_back_is_nobodys() -> None:
    async def go() -> None:
        hub, token = opened(Log(), "log:a")
        seat = hub.seat(token, "me")
        assert seat
        events = hub.events(seat, {})
        await anext(events)
        hub.leave(token)
        hub.leave("no such place")
        assert hub.seat(token, "me") is None
        with pytest.raises(StopAsyncIteration):
            await ends(events)

    run(go())


def test_where_a_browser_keeps_no_cookies_the_token_alone_opens() -> None:
    hub = Hub()
    seat = hub.seat(hub.take_seat("a session", ""), "")
    assert seat
    assert seat.visitor == "a session"


def test_sessions_come_and_go_while_others_are_drawn() -> None:
    hub, log = Hub(), Log()
    hub.offer("log", log.since, lambda names, visitor: None)

    async def listen() -> tuple[int, int]:
        events = hub.events(Seat("me", "me"), {})
        await anext(events)
        during = hub.listeners
        await asyncio.to_thread(at_once, come_and_go, come_and_go, look, times=1000)
        hub.close()
        async for _ in events:
            pass
        return during, hub.listeners

    def come_and_go(n: int) -> None:
        token = hub.take_seat("me", "me")
        hub.follow(token, [f"log:{n % 7}"])
        hub.changed(f"log:{n % 7}")
        hub.leave(token)

    def look(_n: int) -> None:
        assert hub.listeners == 1
        assert not hub.has_seat("nobody's")

    assert run(listen()) == (1, 0)


def test_the_same_question_is_asked_once_for_a_whole_class() -> None:
    async def go() -> None:
        log = Log()
        hub, token = opened(log, "log:a")
        seats = [hub.seat(token, "me")]
        for _ in range(50):
            other = hub.take_seat("other", "other")
            hub.follow(other, ["log:a"])
            seats.append(hub.seat(other, "other"))
        log.values += [1]
        streams = [hub.events(seat, {}) for seat in seats if seat]
        for events in streams:
            assert heard(await next_news(events)) == [1]
        assert log.asked == 1
        assert hub.listeners == 51

    run(go())


def test_a_seat_opens_to_its_own_browser_and_shows_what_its_page_follows() -> None:
    async def go() -> None:
        log = Log()
        hub, token = opened(log, "log:a")
        assert hub.seat(token, "somebody else") is None
        assert hub.seat("no such token", "me") is None
        seat = hub.seat(token, "me")
        assert seat
        log.values += [1]
        chunk = await next_news(hub.events(seat, {"secret:b": "0", "log:b": "0"}))
        assert b"secret" not in chunk
        assert last_id(chunk) == "log:a=1"

    run(go())


def test_a_newer_connection_takes_the_place_of_the_older() -> None:
    async def go() -> None:
        log = Log()
        hub, seat = seated(log, "log:a")
        log.values += [1]
        old = hub.events(seat, {})
        await next_news(old)
        await next_news(hub.events(seat, {}))
        with pytest.raises(StopAsyncIteration):
            await ends(old)

    run(go())


async def ends(events: AsyncIterator[bytes]) -> None:
    async with asyncio.timeout(20):
        while True:
            await anext(events)


def test_all_connections_end_when_the_server_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    async def go() -> None:
        log = Log()
        hub, seat = seated(log, "log:a")
        log.values += [1]
        events = hub.events(seat, {})
        await next_news(events)
        waits = asyncio.ensure_future(ends(events))
        hub.close()
        with pytest.raises(StopAsyncIteration):
            await waits

    run(go())


def test_silence_is_broken_by_beats(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "BEAT", 0.01)

    async def go() -> None:
        hub, seat = seated(Log(), "log:a")
        events = hub.events(seat, {})
        assert b"retry" in await anext(events)
        assert b"follows" in await anext(events)
        assert await anext(events) == b": \n\n"

    run(go())


def test_seats_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "SEATS", 10)
    hub = Hub()
    tokens = [hub.take_seat("me", "me") for _ in range(30)]
    assert [hub.has_seat(token) for token in tokens] == [False] * 20 + [True] * 10
    assert len({*tokens}) == 30


@given(st.text(max_size=200))
def test_whatever_a_browser_sends_as_its_last_event_is_read(text: str) -> None:
    assert all(topic and mark for topic, mark in read_marks(text).items())
