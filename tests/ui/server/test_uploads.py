"""Uploads over real HTTP, through Streamlit's own route: nothing is written to disk, and only a few arrive at a time."""

from __future__ import annotations

import asyncio
import http.client
import os
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import Mock

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.formparsers import MultiPartParser
from starlette.middleware import Middleware
from starlette.types import Message, Receive, Scope, Send
from streamlit import config
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.web.server.starlette.starlette_routes import create_upload_routes

from resnet_viz.ui import server
from resnet_viz.ui.server.uploads import Uploads
from tests.loops import run as in_a_loop

PICTURE = bytes(range(256)) * (15 * 2**20 // 256)
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
    """Streamlit's upload route behind our own middleware, in this process, on a free port."""
    monkeypatch.setattr(MultiPartParser, "spool_max_size", 2**20)  # as Starlette has it, and so again afterwards
    monkeypatch.setattr(MemoryUploadedFileManager, "add_file", MemoryUploadedFileManager.add_file)
    options = {"server.maxUploadSize": 20, "server.enableXsrfProtection": False}
    before = {name: config.get_option(name) for name in options}
    for name, value in options.items():
        config.set_option(name, value)
    runtime = Mock(is_active_session=lambda _session: True)
    app = Starlette(routes=create_upload_routes(runtime, manager, None), middleware=[Middleware(Uploads)])
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
    edge = "edge-of-a-part"
    head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: image/png\r\n\r\n'
    request = urllib.request.Request(
        f"{address}/_stcore/upload_file/session/{name}",
        data=head.encode() + data + f"\r\n--{edge}--\r\n".encode(),
        headers={"Content-Type": f"multipart/form-data; boundary={edge}"},
        method="PUT",
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_fifteen_megabytes_leave_no_trace_on_the_disk(address: str, manager: MemoryUploadedFileManager) -> None:
    with watching() as opened:
        assert upload(address, "mine", PICTURE) == 204
    assert manager.get_files("session", ["mine"])[0].data == PICTURE
    assert opened == []


def test_the_watch_would_see_a_temporary_file(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same upload as Starlette takes it by itself."""
    assert upload(address, "first", b"makes the middleware") == 204
    monkeypatch.setattr(MultiPartParser, "spool_max_size", 2**20)
    with watching() as opened:
        assert upload(address, "mine", PICTURE) == 204
    assert opened


def test_more_than_the_limit_is_refused(address: str, manager: MemoryUploadedFileManager) -> None:
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=30)
    connection.putrequest("PUT", "/_stcore/upload_file/session/large")
    connection.putheader("Content-Length", str(20 * 2**20 + 1))
    connection.endheaders()  # the answer comes before the body is sent
    assert connection.getresponse().status == 413
    connection.close()
    assert manager.get_files("session", ["large"]) == []


def test_the_app_has_it() -> None:
    assert any(one.cls is Uploads for one in server.middleware())


# A few at a time


def run_uploads(
    middleware: Callable[[Any], Uploads], inner: Any, count: int, *, path: str = "/_stcore/upload_file/a/b"
) -> list[int]:
    """The statuses of so many uploads at once, without a network."""

    async def one(app: Uploads) -> int:
        statuses: list[int] = []

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        await app({"type": "http", "method": "PUT", "path": path}, receive, send)
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
