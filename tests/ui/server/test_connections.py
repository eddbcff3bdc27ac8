"""Connections that wait, dawdle or hang, on a small server whose patience is short."""

from __future__ import annotations

import asyncio
import http.client
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, NamedTuple

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from resnet_viz.ui.server import connections
from resnet_viz.ui.server.connections import Connections, RequestTimes, guarding, limits
from tests.loops import run as in_a_loop
from tests.waiting import until

LARGE = 32 * 2**20
MOST = 5


async def echo(request: Request) -> Response:
    return Response(await request.body())


async def large(_request: Request) -> Response:
    return Response(bytes(LARGE))


async def news(request: Request) -> Response:
    """One piece at once, and the other when there is more to tell."""

    async def pieces() -> AsyncIterator[bytes]:
        yield b"first"
        await request.app.state.more.wait()
        yield b"last"

    return StreamingResponse(pieces())


class Small(NamedTuple):
    """A running server."""

    port: int
    kept: Connections
    tell_more: Callable[[], object]
    """Lets answers of `/news` end, those that come later too."""
    server: uvicorn.Server


@contextmanager
def small_server(most: int = MOST, loop: str = "asyncio") -> Iterator[Small]:
    """When it stops listening, answers of `/news` end."""
    kept = Connections(most, most)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.loop, app.state.more = asyncio.get_running_loop(), asyncio.Event()
        with guarding(kept, app.state.more.set):
            yield

    routes = [Route("/echo", echo, methods=["POST"]), Route("/large", large), Route("/news", news)]
    app = Starlette(routes=routes, middleware=[Middleware(RequestTimes)], lifespan=lifespan)
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, loop=loop, log_config=None, timeout_keep_alive=600))
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    try:
        until(lambda: server.started, 30)
        yield Small(listening.getsockname()[1], kept, lambda: app.state.loop.call_soon_threadsafe(app.state.more.set), server)
    finally:
        server.should_exit = server.force_exit = True
        thread.join(30)


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REQUEST_SECONDS", "QUIET_SECONDS"):
        monkeypatch.setattr(connections, name, 0.5)


@contextmanager
def asking_for_much(port: int) -> Iterator[socket.socket]:
    """A connection that has asked for more than fits between it and the server."""
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        one.settimeout(30)
        one.connect(("127.0.0.1", port))
        one.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
        yield one


def read(one: socket.socket, size: int) -> bytes:
    """So many bytes, or what came before the connection was ended."""
    got = bytearray()
    while len(got) < size and (piece := one.recv(size - len(got))):
        got += piece
    return bytes(got)


def is_ended(one: socket.socket) -> bool:
    """Wait until the server ends the connection; what it says before is left out."""
    one.settimeout(60)
    try:
        while one.recv(65_536):
            pass
    except ConnectionError:
        pass
    return True


@pytest.mark.usefixtures("hurry")
@pytest.mark.parametrize(
    "sent", [b"", b"GET /news HTTP/1.1\r\nHost: x\r\n", b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc"]
)
def test_a_request_that_does_not_end_is_ended(sent: bytes) -> None:
    with small_server() as (port, kept, *_), socket.create_connection(("127.0.0.1", port)) as one:
        one.sendall(sent)
        assert is_ended(one)
        until(lambda: not kept.open, 30)


@pytest.mark.usefixtures("hurry")
def test_a_slow_body_is_told_so() -> None:
    with small_server() as (port, *_):
        one = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        one.putrequest("POST", "/echo")
        one.putheader("Content-Length", "9")
        one.endheaders(b"abc")
        answer = one.getresponse()
        assert answer.status == 408
        assert answer.read()
        one.close()


def wait_longer_than_anybody_may(port: int, kept: Connections) -> None:
    """Until a connection that asks for nothing, and comes last, has been ended."""
    others = set(kept.open)
    with socket.create_connection(("127.0.0.1", port)) as silent:
        until(lambda: kept.open - others, 30)
        assert is_ended(silent)
    until(lambda: kept.open <= others, 30)


@pytest.mark.usefixtures("hurry")
def test_no_small_packet_waits_for_the_acknowledgement_of_another() -> None:
    with small_server() as small, socket.create_connection(("127.0.0.1", small.port)):
        until(lambda: small.kept.open)
        (one,) = small.kept.open
        assert one._transport is not None
        assert one._transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.usefixtures("hurry")
def test_an_answer_that_takes_long_is_not_cut_off() -> None:
    """Server-sent events go on for as long as they like."""
    with small_server() as (port, kept, tell_more, _):
        one = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        one.request("GET", "/news")
        answer = one.getresponse()
        assert answer.read(5) == b"first"
        wait_longer_than_anybody_may(port, kept)
        tell_more()
        assert answer.read() == b"last"
        one.request("GET", "/news")  # the same connection serves again
        assert one.getresponse().read() == b"firstlast"
        one.close()


@pytest.mark.usefixtures("hurry")
def test_who_reads_nothing_is_ended() -> None:
    with small_server() as (port, kept, *_), asking_for_much(port):
        until(lambda: len(kept.open) == 1, 30)
        until(lambda: not kept.open, 30)


@pytest.mark.usefixtures("hurry")
def test_who_reads_slowly_is_waited_for() -> None:
    """A piece a look, for longer than somebody may be silent who came later; then the rest."""
    with small_server() as (port, kept, *_), asking_for_much(port) as one:
        until(lambda: len(kept.open) == 1, 30)
        (reader,) = kept.open
        silent = socket.create_connection(("127.0.0.1", port))
        until(lambda: len(kept.open) == 2, 30)
        pieces = list[bytes]()

        def is_silent_one_ended() -> bool:
            pieces.append(read(one, 2**19))
            return kept.open == {reader}

        until(is_silent_one_ended, 30)
        got = sum(map(len, pieces))
        assert got < LARGE, "all of it came before anybody was waited for"
        assert len(read(one, LARGE - got)) == LARGE - got
        silent.close()


def test_there_is_room_for_a_request_though_silent_connections_hold_all() -> None:
    with small_server() as (port, kept, *_):
        silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(4 * MOST)]
        until(lambda: len(kept.open) == MOST, 30)
        assert all(is_ended(one) for one in silent[: 3 * MOST])
        asking = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        asking.request("POST", "/echo", b"here")
        assert asking.getresponse().read() == b"here"
        assert len(kept.open) <= MOST
        for one in (*silent, asking):
            one.close()
        until(lambda: not kept.open, 30)


def test_where_every_connection_is_busy_a_new_one_is_turned_away_with_a_sentence() -> None:
    with small_server() as (port, kept, *_):
        busy = [http.client.HTTPConnection("127.0.0.1", port, timeout=60) for _ in range(MOST)]
        for one in busy:
            one.request("GET", "/news")
        until(lambda: len(kept.open) == MOST and not kept.waiting, 30)
        turned_away = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        turned_away.connect()
        answer = http.client.HTTPResponse(turned_away.sock)
        answer.begin()
        assert (answer.status, answer.headers["Retry-After"]) == (503, str(connections.RETRY_SECONDS))
        assert answer.read()
        for one in (*busy, turned_away):
            one.close()


class Sealed:
    """A server that takes no attribute, as those of compiled loops."""

    __slots__ = ("_server",)

    def __init__(self, server: asyncio.Server) -> None:
        self._server = server

    def __getattr__(self, name: str) -> object:
        return getattr(self._server, name)


class SealedLoop(asyncio.SelectorEventLoop):
    """Stands for uvloop, which uvicorn takes wherever it is installed."""

    async def create_server(self, *args: Any, **options: Any) -> Any:
        return Sealed(await super().create_server(*args, **options))


@pytest.mark.parametrize("loop", ["asyncio", f"{__name__}:SealedLoop"])
def test_a_server_that_stops_waits_for_its_answers_which_end(loop: str) -> None:
    with small_server(loop=loop) as small:
        asking = http.client.HTTPConnection("127.0.0.1", small.port, timeout=60)
        asking.request("GET", "/news")
        answer = asking.getresponse()
        assert answer.read(5) == b"first"
        assert len(small.kept.open) == 1
        small.server.should_exit = True
        assert answer.read() == b"last"
        asking.close()
        until(lambda: not small.kept.open, 30)


class Wire(asyncio.Transport):
    """A connection of some address."""

    def __init__(self, address: str) -> None:
        super().__init__({"peername": (address, 1)})
        self.is_ended = False

    def get_write_buffer_size(self) -> int:
        return 0

    def write(self, data: object) -> None:
        pass

    def close(self) -> None:
        self.is_ended = True

    abort = close


def test_one_address_has_only_its_share_of_the_connections() -> None:
    """Its own oldest makes room; another's never does while it has its share."""

    async def flood(make: Callable[[str], Wire]) -> None:
        other = make("192.0.2.2")
        flooding = [make("192.0.2.1") for _ in range(6)]
        assert [wire.is_ended for wire in (other, *flooding)] == [False, *[True] * 3, *[False] * 3]
        make("192.0.2.3")
        assert not other.is_ended
        make("192.0.2.4")
        assert other.is_ended, "there is no room, and this one has waited longest"

    async def main() -> None:
        kept = Connections(5, 3)

        def make(address: str) -> Wire:
            wire = Wire(address)
            connections.Guard(asyncio.Protocol(), kept).connection_made(wire)
            return wire

        await flood(make)
        for one in list(kept.open):
            one.end()

    in_a_loop(main())


@pytest.mark.parametrize("files", [256, 1024, 4096, 10_240, 20_000, 65_536])
def test_the_limits_fit_the_files(files: int) -> None:
    found = limits(files)
    assert 0 < found.sessions_an_address <= found.sessions <= 600
    assert 0 < found.connections_an_address < found.connections
    if files >= 1024:
        assert 4 * found.sessions + found.connections + 3 * 128 <= files - 100
        assert found.connections >= 2 * found.sessions, "each listens, and loads something"
        assert found.connections_an_address > found.sessions_an_address, "listeners leave room for what else one address asks"
        assert found.sessions_an_address >= 80, "a class behind one router"
    if files >= 4096:
        assert found.sessions_an_address <= found.sessions / 2, "one address leaves room"
    if files >= 10_240:
        assert found.sessions_an_address >= 300, "a lecture behind one router"
