"""Connections are bounded, and none stays half-open.

uvicorn gives a client as long as it likes to send a request, and a process may open a limited number of files. The server's
event loop makes a protocol for each connection that it accepts; here each is wrapped in one that keeps the time and the count.
Only asyncio's and ASGI's public ways are used: `create_server` is called once the application has started, and a request's task
inherits the context in which its bytes arrived.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any, NamedTuple, cast

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from resnet_viz.ui.server.addresses import origin_of_load
from resnet_viz.ui.server.answers import refuse, sentence
from resnet_viz.ui.server.gathering import Gathering

REQUEST_SECONDS = 10.0
"""From the connection, or from the last answer, to the end of the next request's headers. uvicorn ends idle ones after 5."""
BODY_SECONDS = 300.0
"""For a whole body: a picture of 20 MB at 70 kB a second."""
QUIET_SECONDS = 20.0
"""Without a byte: between two pieces of a body, or while a client reads nothing of an answer."""
RETRY_SECONDS = 10
"""After which somebody who found no room may ask again."""

_SESSION_FILES = 4
"""A live session: its socket, and the event loop that Streamlit makes for it (an epoll and two sockets)."""
_REMEMBERED_FILES = 3 * 128
"""Streamlit remembers 128 sessions that have gone, for two minutes, with their event loops."""
_OWN_FILES = 112
"""The process itself: standard streams, the cluster's pipes and sockets, the store, pictures that are being read."""
_AT_ONCE = 16
"""Connections that are accepted in one turn of the event loop, before any of them can be counted."""
_BACKLOG = 2048


class ConnectionLimits(NamedTuple):
    """How many are served at a time."""

    sessions: int
    sessions_an_address: int
    connections: int
    connections_an_address: int


def limits(files: int) -> ConnectionLimits:
    """What `files` open files are enough for: a session needs four, a fifth for the live channel, which its page holds open for
    as long as it watches something, and a sixth for what its browser loads.

    At most 600 sessions. One address has half of them, but 100 where there are no more than 200: three hundred listeners behind
    one router fit, and one laptop cannot take them all.

    >>> limits(1024)
    ConnectionLimits(sessions=85, sessions_an_address=85, connections=172, connections_an_address=129)
    >>> limits(65_536)
    ConnectionLimits(sessions=600, sessions_an_address=300, connections=2400, connections_an_address=1800)
    """
    free = max(files - _OWN_FILES - _REMEMBERED_FILES - _AT_ONCE, 40)
    sessions = min(600, free // (_SESSION_FILES + 2))
    connections = min(4 * sessions, free - _SESSION_FILES * sessions)
    return ConnectionLimits(sessions, min(sessions, max(100, sessions // 2)), connections, connections * 3 // 4)


class Connections:
    """The connections that carry plain requests; one that became a session's socket is no longer among them.

    Where there is no room, the one that has waited longest for a request is ended, for HTTP allows that at any time: of the same
    address where that has its share already. Only where none waits is the new one turned away.
    """

    def __init__(self, most: int, most_an_address: int) -> None:
        self.most, self.most_an_address = most, most_an_address
        self.open: set[Guard] = set()
        self.waiting: dict[Guard, None] = {}  # in the order in which they began to wait
        self._of_address: Counter[str] = Counter()

    def admit(self, new: Guard) -> bool:
        """Count a connection; False where there is no room for it."""
        is_own_share_used = bool(new.address) and self._of_address[new.address] >= self.most_an_address
        if is_own_share_used or len(self.open) >= self.most:
            own_or_any = (one for one in self.waiting if not is_own_share_used or one.address == new.address)
            ending = next((one for one in own_or_any if not one.unread()), None)
            if ending is None:
                return False
            ending.end()
        self.open.add(new)
        self._of_address[new.address] += 1
        return True

    def forget(self, one: Guard) -> None:
        """The connection has ended, or is a session's now."""
        self.waiting.pop(one, None)
        if one in self.open:
            self.open.remove(one)
            self._of_address -= Counter([one.address])


_requested_on: ContextVar[Guard | None] = ContextVar("_requested_on", default=None)


def _no_room() -> bytes:
    said = f"{sentence('busy', seconds=RETRY_SECONDS)}\n".encode()
    lines = (
        "HTTP/1.1 503 Service Unavailable",
        f"Retry-After: {RETRY_SECONDS}",
        "Content-Type: text/plain; charset=utf-8",
        f"Content-Length: {len(said)}",
        "Connection: close",
    )
    return "\r\n".join((*lines, "", "")).encode() + said


def _send_at_once(transport: asyncio.BaseTransport) -> None:
    """Let no small packet wait until the one before has been acknowledged, which a client may put off for 40 ms.

    asyncio does so where a listening socket was made with the number of its protocol; Streamlit makes its without.
    """
    sock = transport.get_extra_info("socket")
    if sock is not None and sock.family in (socket.AF_INET, socket.AF_INET6):
        with contextlib.suppress(OSError):  # it has just ended
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


class Guard(asyncio.Protocol):
    """Passes everything on to the server's own protocol, and ends a connection whose client takes too long."""

    def __init__(self, inner: asyncio.Protocol, connections: Connections) -> None:
        self._inner, self._connections = inner, connections
        self.address = ""
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._unread = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        _send_at_once(transport)
        peer = transport.get_extra_info("peername")
        self.address = origin_of_load(peer[0]) if peer else ""
        if self._connections.admit(self):
            self._inner.connection_made(cast(asyncio.Transport, Gathering(self._transport)))
            self.wait()
        else:
            self._inner = asyncio.Protocol()
            self._transport.write(_no_room())
            self._transport.close()
            self._start_timer(REQUEST_SECONDS)

    def data_received(self, data: bytes) -> None:
        token = _requested_on.set(self)
        try:
            self._inner.data_received(data)
        finally:
            _requested_on.reset(token)

    def eof_received(self) -> bool | None:
        return self._inner.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        self._connections.forget(self)
        self._inner.connection_lost(exc)

    def pause_writing(self) -> None:
        self._start_timer(QUIET_SECONDS)
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        self._stop_timer()
        self._inner.resume_writing()

    def wait(self) -> None:
        """No request is being answered."""
        if self in self._connections.open:
            self._connections.waiting[self] = None
            self._start_timer(REQUEST_SECONDS)

    def begin(self) -> None:
        """A request has come."""
        self._connections.waiting.pop(self, None)
        self._stop_timer()

    def hand_over(self) -> None:
        """The connection is a WebSocket's from now on, and counted as a session."""
        self._stop_timer()
        self._connections.forget(self)

    def end(self) -> None:
        """Close it at once."""
        self._stop_timer()
        self._connections.forget(self)
        if self._transport is not None:
            self._transport.abort()

    def unread(self) -> int:
        """Bytes of an answer that the client has not taken yet."""
        return self._transport.get_write_buffer_size() if self._transport is not None else 0

    def _start_timer(self, seconds: float) -> None:
        self._stop_timer()
        self._unread = self.unread()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._time_is_up, seconds)

    def _time_is_up(self, seconds: float) -> None:
        """End the connection, unless the client is still taking an answer."""
        if self.unread() < self._unread:
            self._start_timer(seconds)
        else:
            self.end()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class _Telling:
    """A server that tells of its end before it comes. Some loops' servers, as uvloop's, take no method that is not their own."""

    def __init__(self, server: asyncio.Server, on_close: Callable[[], None]) -> None:
        self._server, self._on_close = server, on_close

    def __getattr__(self, name: str) -> Any:
        return getattr(self._server, name)

    def close(self) -> None:
        self._on_close()
        self._server.close()


@contextlib.contextmanager
def guarding(connections: Connections, on_close: Callable[[], None]) -> Iterator[None]:
    """While this lasts, every server that is created in the running event loop has its connections guarded, and `on_close` is
    called when it stops listening: it waits then for all answers that are under way, also for those that never end.

    Servers accept as many connections in one turn as their queue is long. That is kept short, and then the queue made long again.
    """
    loop = asyncio.get_running_loop()
    create_server = loop.create_server

    async def create_guarded(make: Callable[[], asyncio.BaseProtocol], *args: Any, **options: Any) -> _Telling:
        def guarded() -> asyncio.BaseProtocol:
            inner = make()
            return Guard(inner, connections) if isinstance(inner, asyncio.Protocol) else inner

        hurry = {"ssl_handshake_timeout": REQUEST_SECONDS} if options.get("ssl") else {}
        server = await create_server(guarded, *args, **{**options, "backlog": _AT_ONCE, **hurry})
        if isinstance(listening := options.get("sock"), socket.socket):
            listening.listen(_BACKLOG)
        return _Telling(server, on_close)

    setattr(loop, "create_server", create_guarded)  # noqa: B010  (a method, for the type checker)
    try:
        yield
    finally:
        setattr(loop, "create_server", create_server)  # noqa: B010


class TooSlow(Exception):
    """A body did not arrive in time."""


class RequestTimes:
    """Tells a connection when a request begins and ends, and gives up on bodies that do not arrive."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        guard = _requested_on.get()
        if guard is not None and scope["type"] == "websocket":
            guard.hand_over()
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        has_begun = False

        async def noting(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        if guard is not None:
            guard.begin()
        try:
            await self.app(scope, in_time(receive), noting)
        except TooSlow:
            if not has_begun:
                await refuse(scope, receive, send, 408, sentence("slow"), Connection="close")
        finally:
            if guard is not None:
                guard.wait()


def in_time(receive: Receive) -> Receive:
    """`receive`, which raises `TooSlow` where the rest of a body does not come. After the body it waits without end."""
    is_complete = False
    deadline = asyncio.get_running_loop().time() + BODY_SECONDS

    async def receive_in_time() -> Message:
        nonlocal is_complete
        if is_complete:
            return await receive()
        try:
            left = deadline - asyncio.get_running_loop().time()
            async with asyncio.timeout(min(QUIET_SECONDS, left)):
                message = await receive()
        except TimeoutError as error:
            raise TooSlow from error
        is_complete = not message.get("more_body", False)
        return message

    return receive_in_time
