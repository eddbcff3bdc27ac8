"""Who follows what, and what is new of it. Nothing here knows HTTP.

A *topic* is something that grows: a run, the votes of a question. Its *source* says what is new since a *mark*, a short text that
the browser hands back after a break; so nothing waits in memory for a browser that does not read, and none misses anything or
gets it twice. A *seat* is one session's place: what it may follow, decided by its page and by nobody else.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from typing import NamedTuple

PACE = 0.1
"""Seconds between two messages to one browser, at least."""
BEAT = 8.0
"""Seconds of silence after which a comment is sent: proxies close what says nothing."""
SEATS = 2_000
"""Sessions that may have a place; those that have been quiet longest lose theirs."""
REMEMBERED = 64
"""Answers of one topic that are kept until it changes: all who watch mostly ask from the same mark."""


class News(NamedTuple):
    """What is new of a topic."""

    mark: str
    """How far it tells; letters, digits and dots."""
    data: str
    """A JSON object in one line, as `components/shared/live.js` takes it."""


Source = Callable[[str, str], News | None]
"""(name, mark) → what is new of the topic since the mark, which is empty for the beginning; None where nothing is."""


Watch = Callable[[list[str], str], None]
"""(names, visitor): somebody goes on looking at these topics."""


class Seat:
    """One session's place."""

    def __init__(self, visitor: str, cookie: str) -> None:
        self.visitor = visitor
        """Whose it is."""
        self.cookie = cookie
        """The browser that may take it; empty where it keeps no cookies, and the token alone has to do."""
        self.topics: dict[str, None] = {}
        """What its page follows, `kind:name` each."""
        self.stream: object | None = None
        """The connection that serves it; an older one ends."""
        self.woken: asyncio.Event | None = None
        self.seen = time.monotonic()


class Hub:
    """Methods but `events` may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sources: dict[str, Source] = {}
        self._watches: dict[str, Watch] = {}
        self._seats: OrderedDict[str, Seat] = OrderedDict()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._changed: set[str] = set()
        self._remembered: dict[str, dict[str, tuple[News, bytes] | None]] = {}
        self.is_closed = False
        self.listeners = 0
        """Connections there are now."""

    def offer(self, kind: str, source: Source, watch: Watch) -> None:
        """From now on topics `kind:…` are told by `source`, and `watch` is called when somebody comes to follow some and then at
        every beat: both on the server's loop, so they have to be quick."""
        self._sources[kind], self._watches[kind] = source, watch

    def take_seat(self, visitor: str, cookie: str) -> str:
        """A place for a session of this visitor, in the browser of this cookie; the token that opens it."""
        token = secrets.token_urlsafe(16)
        with self._lock:
            self._seats[token] = Seat(visitor, cookie)
            while len(self._seats) > SEATS:
                free = next((key for key, seat in self._seats.items() if seat.stream is None), next(iter(self._seats)))
                del self._seats[free]
        return token

    def has_seat(self, token: str) -> bool:
        """Whether the place is still there."""
        return token in self._seats

    def follow(self, token: str, topics: Iterable[str], *, also: bool = False) -> None:
        """What the session may see from now on, in place of what it saw before, or `also`."""
        with self._lock:
            seat = self._seats.get(token)
            if seat is None:
                return
            wanted = dict.fromkeys([*(seat.topics if also else ()), *topics])
            self._seats.move_to_end(token)
            if wanted.keys() == seat.topics.keys():
                return
            seat.topics = wanted
        self._wake([seat])

    def leave(self, token: str) -> None:
        """Give a place back."""
        with self._lock:
            seat = self._seats.pop(token, None)
        if seat:
            seat.stream = None
            self._wake([seat])

    def changed(self, topic: str) -> None:
        """There is news of a topic. Costs little, however often it is said."""
        with self._lock:
            loop = self._loop
            if loop is None or loop.is_closed():  # nobody has listened yet, and nothing is remembered
                return
            is_first = not self._changed
            self._changed.add(topic)
        if is_first:
            loop.call_soon_threadsafe(self._tell)

    def seat(self, token: str, cookie: str) -> Seat | None:
        """The place that a token opens, for the browser it was given to."""
        seat = self._seats.get(token)
        return seat if seat and (not seat.cookie or seat.cookie == cookie) else None

    def close(self) -> None:
        """End all connections: a server that stops waits for them."""
        self.is_closed = True
        with self._lock:
            seats = [*self._seats.values()]
        self._wake(seats)

    async def events(self, seat: Seat, marks: Mapping[str, str]) -> AsyncIterator[bytes]:
        """Server-sent events for one connection: what has come since `marks` of each topic, at once and then as it comes.

        A message is `[topic, news]`. Before them an event `follows` lists the topics whenever they have changed; the browser then
        forgets the others, and so does this side: in one stream neither can be ahead of the other.
        """
        self._loop = asyncio.get_running_loop()
        if seat.woken:
            seat.woken.set()  # the connection before this one ends
        own = seat.stream = object()
        self.listeners += 1
        woken = seat.woken = asyncio.Event()
        told, watched = dict(marks), 0.0
        follows: dict[str, None] | None = None
        try:
            yield b"retry: 1000\n\n"
            while seat.stream is own and not self.is_closed:
                woken.clear()
                if time.monotonic() - watched > BEAT / 2:
                    watched = time.monotonic()
                    self._watch(seat)
                chunk, topics = b"", seat.topics
                if topics is not follows:
                    follows, told = topics, {topic: mark for topic, mark in told.items() if topic in topics}
                    chunk = f"event: follows\ndata: {json.dumps([*topics])}\n\n".encode()
                if chunk := chunk + self._news(topics, told):
                    yield chunk
                    await asyncio.sleep(PACE)
                try:
                    async with asyncio.timeout(BEAT):
                        await woken.wait()
                except TimeoutError:
                    yield b": \n\n"
        finally:
            self.listeners -= 1
            if seat.stream is own:
                seat.stream = seat.woken = None

    def _watch(self, seat: Seat) -> None:
        for kind, watch in self._watches.items():
            if names := [topic.partition(":")[2] for topic in seat.topics if topic.startswith(f"{kind}:")]:
                watch(names, seat.visitor)

    def _news(self, topics: Iterable[str], told: dict[str, str]) -> bytes:
        parts = []
        for topic in topics:
            if found := self._since(topic, told.get(topic, "")):
                news, event = found
                told[topic] = news.mark
                parts.append(event)
        if not parts:
            return b""
        last = ";".join(f"{topic}={mark}" for topic, mark in told.items())
        return b"".join([*parts[:-1], f"id: {last}\n".encode(), parts[-1]])

    def _since(self, topic: str, mark: str) -> tuple[News, bytes] | None:
        if len(self._remembered) > SEATS:
            self._remembered.clear()
        known = self._remembered.setdefault(topic, {})
        if mark not in known:
            kind, _, name = topic.partition(":")
            news = self._sources[kind](name, mark) if kind in self._sources else None
            if len(known) >= REMEMBERED:
                known.clear()
            known[mark] = (news, f"data: [{json.dumps(topic)},{news.data}]\n\n".encode()) if news else None
        return known[mark]

    def _tell(self) -> None:
        """On the loop: forget what has been remembered of the topics that changed, and wake who follows them."""
        with self._lock:
            changed, self._changed = self._changed, set()
            seats = [seat for seat in self._seats.values() if seat.woken and not changed.isdisjoint(seat.topics)]
        for topic in changed:
            self._remembered.pop(topic, None)
        for seat in seats:
            if seat.woken:
                seat.woken.set()

    def _wake(self, seats: Iterable[Seat]) -> None:
        loop = self._loop
        for seat in seats:
            if seat.woken and loop and not loop.is_closed():
                loop.call_soon_threadsafe(seat.woken.set)


def read_marks(last: str) -> dict[str, str]:
    """What a browser says it has had: the last event's id. Whatever is not of that form is left out.

    >>> read_marks("run:0a1b=120.3;votes:q1=7")
    {'run:0a1b': '120.3', 'votes:q1': '7'}
    """
    pairs = (part.partition("=") for part in last[:4_000].split(";"))
    return {topic: mark for topic, _, mark in pairs if topic and mark and len(topic) < 80 and len(mark) < 40}
