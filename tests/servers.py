"""The app as a process of its own, for tests that need a real server."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.waiting import until

ROOT = Path(__file__).parents[1]
HANDSHAKE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    "Sec-WebSocket-Protocol": "streamlit",
}
"""What makes a request the opening of a session's socket."""


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def answers(url: str) -> int:
    """The status with which `url` answers; 0 where nothing does."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except OSError:
        return 0


class Answer(NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    body: str


class App(NamedTuple):
    """A running server."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(self, path: str, headers: Mapping[str, str] | None = None, method: str = "GET") -> Answer:
        """One request with exactly these headers; `Host` is this server's where none is given."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in {"Host": f"127.0.0.1:{self.port}", **(headers or {})}.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        body = b"" if answer.status == 101 else answer.read()
        connection.close()
        return Answer(answer.status, answer.headers, body.decode("utf-8", "replace"))


@contextmanager
def app(
    folder: Path,
    *options: str,
    environment: Mapping[str, str] | None = None,
    before: Callable[[], None] | None = None,
    stdin: int = subprocess.DEVNULL,
    base: str = "",
    script: str = "app.py",
) -> Iterator[App]:
    """`streamlit run app.py` with these options; its log and its home lie in `folder`. `before` runs in the new process."""
    port, log = free_port(), folder / "server.log"
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(port), *options]
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "RESNET_VIZ_HOME": str(folder / "home"), **(environment or {})},
            stdin=stdin,
            stdout=out,
            stderr=out,
            preexec_fn=before,
        )
    try:
        until(lambda: answers(f"http://127.0.0.1:{port}{base}/_stcore/health") == 200, 120)
        yield App(port, process, log)
    finally:
        process.terminate()
        process.wait(20)
        if process.stdin:
            process.stdin.close()
