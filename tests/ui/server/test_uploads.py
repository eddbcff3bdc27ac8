"""Uploads over real HTTP, through Streamlit's own route: nothing is written to disk, and only a few arrive at a time."""

from __future__ import annotations

import asyncio
import http.client
import os
import re
import sys
import threading
import tomllib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile
from typing import Any
from unittest.mock import Mock

import pytest
import uvicorn
from starlette import formparsers
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.types import Message, Receive, Scope, Send
from streamlit import config
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.web.server.starlette.starlette_routes import create_upload_routes

from resnet_viz import preset
from resnet_viz.file_limits import MAX_PICTURE, MAX_WEIGHTS
from resnet_viz.ui import server
from resnet_viz.ui.lessons.transfer import foreign_weights
from resnet_viz.ui.server import connections, large_files
from resnet_viz.ui.server.answers import sentence
from resnet_viz.ui.server.large_files import OneLargeFile
from resnet_viz.ui.server.uploads import ENVELOPE, LARGE, Uploads
from resnet_viz.ui.streamlit_uploads import UPLOADS
from tests.loops import run as in_a_loop
from tests.modules import ROOT
from tests.nets.test_weights_file import published
from tests.waiting import until

PICTURE = bytes(range(256)) * (15 * 2**20 // 256)
OPTIONS = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))["server"]
_opened: list[str] | None = None
"""What has been opened for writing while somebody watches."""


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if _opened is not None and event == "open" and isinstance(arguments[2], int):
        path, _, flags = arguments
        if flags & (os.O_WRONLY | os.O_RDWR):
            _opened.append(str(path))


sys.addaudithook(_note)


@contextmanager
def watching() -> Iterator[list[str]]:
    """Every path that this process opens for writing, temporary files without a name too."""
    global _opened
    _opened = []
    try:
        yield _opened
    finally:
        _opened = None


@pytest.fixture
def manager() -> MemoryUploadedFileManager:
    return MemoryUploadedFileManager("/_stcore/upload_file")


@pytest.fixture
def address(manager: MemoryUploadedFileManager, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where our own middleware answers, as the app has it."""
    with serving_uploads(manager, monkeypatch) as at:
        yield at


@contextmanager
def serving_uploads(manager: MemoryUploadedFileManager, monkeypatch: pytest.MonkeyPatch, **limits: Any) -> Iterator[str]:
    """Streamlit's upload route behind our own middleware, in this process, on a free port."""
    monkeypatch.setattr(formparsers, "SpooledTemporaryFile", SpooledTemporaryFile)  # as Starlette has it, and so again afterwards
    for name in ("add_file", "remove_file"):
        monkeypatch.setattr(MemoryUploadedFileManager, name, getattr(MemoryUploadedFileManager, name))
    options = {"server.maxUploadSize": OPTIONS["maxUploadSize"], "server.enableXsrfProtection": False}
    before = {name: config.get_option(name) for name in options}
    for name, value in options.items():
        config.set_option(name, value)
    runtime = Mock(is_active_session=lambda _session: True)
    app = Starlette(routes=create_upload_routes(runtime, manager, None), middleware=[Middleware(Uploads, **limits)])
    serving = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="off"))
    started = threading.Event()
    startup = serving.startup

    async def then_tell(*args: Any, **kwargs: Any) -> None:
        await startup(*args, **kwargs)
        started.set()

    monkeypatch.setattr(serving, "startup", then_tell)
    thread = threading.Thread(target=serving.run)
    thread.start()
    assert started.wait(30)
    try:
        yield f"http://127.0.0.1:{serving.servers[0].sockets[0].getsockname()[1]}"
    finally:
        serving.should_exit = True
        thread.join(30)
        for name, value in before.items():
            config.set_option(name, value)


def upload(address: str, name: str, data: bytes) -> int:
    return upload_and_read(address, name, data)[0]


def upload_and_read(address: str, name: str, data: bytes) -> tuple[int, str]:
    edge = "edge-of-a-part"
    head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: image/png\r\n\r\n'
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=60)
    connection.request(  # and, as a browser does, it stays open: what is refused is told once all of it has been sent
        "PUT",
        f"/_stcore/upload_file/session/{name}",
        head.encode() + data + f"\r\n--{edge}--\r\n".encode(),
        {"Content-Type": f"multipart/form-data; boundary={edge}"},
    )
    answer = connection.getresponse()
    said = answer.read().decode()
    connection.close()
    return answer.status, said


def test_fifteen_megabytes_leave_no_trace_on_the_disk(address: str, manager: MemoryUploadedFileManager) -> None:
    with watching() as opened:
        assert upload(address, "mine", PICTURE) == 204
    assert manager.get_files("session", ["mine"])[0].data == PICTURE
    assert opened == []


def test_the_watch_would_see_a_temporary_file(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same upload as Starlette takes it by itself."""
    assert upload(address, "first", b"makes the middleware") == 204
    monkeypatch.setattr(formparsers, "SpooledTemporaryFile", SpooledTemporaryFile)
    with watching() as opened:
        assert upload(address, "mine", PICTURE) == 204
    assert opened


def test_more_than_the_limit_is_refused(address: str, manager: MemoryUploadedFileManager) -> None:
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=30)
    connection.putrequest("PUT", "/_stcore/upload_file/session/large")
    connection.putheader("Content-Length", str(MAX_WEIGHTS + ENVELOPE + 1))
    connection.endheaders()  # the answer comes before the body is sent
    answer = connection.getresponse()
    assert (answer.status, answer.read().decode().strip()) == (413, sentence("file_large", limit=250))
    connection.close()
    assert manager.get_files("session", ["large"]) == []


def test_more_than_a_picture_has_to_say_its_length(address: str, manager: MemoryUploadedFileManager) -> None:
    """What waited for the turn of a large file would hold twenty megabytes each."""
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=60)
    edge = "edge-of-a-part"
    head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n'.encode()
    pieces = iter([head, *[bytes(2**20)] * (LARGE // 2**20 + 1), f"\r\n--{edge}--\r\n".encode()])
    connection.request(
        "PUT",
        "/_stcore/upload_file/session/unsaid",
        pieces,
        {"Content-Type": f"multipart/form-data; boundary={edge}", "Transfer-Encoding": "chunked"},
        encode_chunked=True,
    )
    answer = connection.getresponse()
    assert (answer.status, answer.read().decode().strip()) == (411, sentence("file_no_length", limit=20))
    connection.close()
    assert manager.get_files("session", ["unsaid"]) == []


def test_streamlit_and_nginx_let_through_what_is_bounded_here() -> None:
    assert 0 <= OPTIONS["maxUploadSize"] * 2**20 - (MAX_WEIGHTS + ENVELOPE) < 2**20
    lines = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")
    (most,) = re.findall(rf"location /resnet{UPLOADS} {{[^}}]*client_max_body_size (\d+)m;", lines)
    assert int(most) == OPTIONS["maxUploadSize"]


def test_the_app_has_it() -> None:
    assert any(one.cls is Uploads for one in server.middleware())


# A few at a time


def run_uploads(
    middleware: Callable[[Any], Uploads], inner: Any, count: int, *, path: str = "/_stcore/upload_file/a/b", declared: int = 0
) -> list[int]:
    """The statuses of so many uploads at once, without a network."""

    async def one(app: Uploads) -> int:
        statuses: list[int] = []

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        headers = [(b"content-length", str(declared).encode())]
        await app({"type": "http", "method": "PUT", "path": path, "headers": headers}, receive, send)
        return statuses[0]

    async def every() -> list[int]:
        app = middleware(inner)
        return await asyncio.gather(*(one(app) for _ in range(count)))

    return in_a_loop(every())


class Counting:
    """Answers once `together` are in, and counts how many were in at once."""

    def __init__(self, together: int) -> None:
        self.here = self.most = 0
        self.all_in = asyncio.Barrier(together)

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        self.here += 1
        self.most = max(self.most, self.here)
        await self.all_in.wait()
        self.here -= 1
        await send({"type": "http.response.start", "status": 204, "headers": []})


def test_as_many_at_once_as_stated() -> None:
    uploads, others = Counting(3), Counting(9)
    assert run_uploads(lambda app: Uploads(app, at_once=3), uploads, 9) == [204] * 9
    assert uploads.most == 3
    assert run_uploads(lambda app: Uploads(app, at_once=3), others, 9, path="/elsewhere") == [204] * 9
    assert others.most == 9


def test_a_sender_that_never_ends_makes_room() -> None:
    async def never(_scope: Scope, _receive: Receive, _send: Send) -> None:
        await asyncio.Event().wait()

    assert run_uploads(lambda app: Uploads(app, at_once=1, seconds=0.05), never, 3) == [408] * 3


# Large files


def test_what_is_published_arrives_in_memory_alone_and_is_recognised(address: str, manager: MemoryUploadedFileManager) -> None:
    data = published("resnet18", "archive")
    assert len(data) > 2 * MAX_PICTURE
    with watching() as opened:
        assert upload(address, "weights", data) == 204
    (kept,) = manager.get_files("session", ["weights"])
    assert kept.data == data
    assert opened == []
    assert foreign_weights.recognise(kept.data).spec == preset("resnet18")


def test_small_ones_overtake_a_large_one_that_waits_for_another_to_be_read(
    address: str, manager: MemoryUploadedFileManager
) -> None:
    large = bytes(LARGE + 1)
    assert upload(address, "first", large) == 204
    with ThreadPoolExecutor() as senders:
        second = senders.submit(upload, address, "second", large)
        assert upload(address, "small", PICTURE) == 204
        assert not second.done()
        assert [len(file.data) for file in manager.get_files("session", ["first", "second"])] == [len(large)]
        manager.remove_file("session", "first")  # as a run does that has read it
        assert second.result(60) == 204
    assert [file.file_id for file in manager.get_files("session", ["first", "second", "small"])] == ["second", "small"]


def test_one_that_nobody_reads_goes(manager: MemoryUploadedFileManager, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving_uploads(manager, monkeypatch, one=OneLargeFile(unread=0.05)) as address:
        assert [upload(address, name, bytes(LARGE + 1)) for name in ("first", "second")] == [204, 204]
        until(lambda: manager.get_files("session", ["first", "second"]) == [])
        assert manager._total_bytes == 0


def test_who_waits_too_long_for_a_large_one_reads_why(
    manager: MemoryUploadedFileManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = bytes(LARGE + 1)
    with serving_uploads(manager, monkeypatch, one=OneLargeFile(wait=0.05)) as address:
        assert upload(address, "first", large) == 204
        status, said = upload_and_read(address, "second", large)
        assert (status, said.strip()) == (202, sentence("file_busy", seconds=0))
    assert [file.file_id for file in manager.get_files("session", ["first", "second"])] == ["first"], "nothing is lost"


def test_a_large_one_that_never_ends_makes_room() -> None:
    async def never(_scope: Scope, _receive: Receive, _send: Send) -> None:
        await asyncio.Event().wait()

    assert run_uploads(lambda app: Uploads(app, large_seconds=0.05), never, 3, declared=LARGE + 1) == [202] * 3


def test_large_ones_arrive_one_by_one() -> None:
    inner = Counting(1)
    assert run_uploads(Uploads, inner, 5, declared=LARGE + 1) == [204] * 5
    assert inner.most == 1


def test_the_time_of_a_large_file_is_within_that_of_a_request() -> None:
    assert large_files.WAIT + large_files.SECONDS < connections.BODY_SECONDS
    assert large_files.WAIT < 60, "nginx's proxy_send_timeout"
