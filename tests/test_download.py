"""Downloads arrive whole or not at all, one at a time, and nobody can ask for more connections than are allowed."""

from __future__ import annotations

import errno
import hashlib
import http.server
import io
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import get_args

import pytest

from resnet_viz import download
from resnet_viz.download import ATTEMPTS, PAUSE, DownloadFailed, Downloads, Reason

BODY = bytes(range(256)) * 4096  # 1 MiB
SHA256 = f"sha256:{hashlib.sha256(BODY).hexdigest()[:8]}"


class Server:
    """Serves one body. `gate` holds the second half back; `answers` says how it answers."""

    def __init__(self) -> None:
        self.body, self.requests, self.answers = BODY, 0, "well"
        self.gate = threading.Event()
        self.gate.set()
        self.half_sent = threading.Event()
        box = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                box.requests += 1
                if box.answers == "no HTTP":
                    self.wfile.write(b"good morning\r\n\r\n")
                    return
                self.send_response(200)
                self.send_header("Content-Length", "many" if box.answers == "no length" else str(len(box.body)))
                self.end_headers()
                half = len(box.body) // 2
                self.wfile.write(box.body[:half])
                box.half_sent.set()
                box.gate.wait()
                if box.answers != "cut":
                    self.wfile.write(box.body[half:])

            def log_message(self, *_arguments: object) -> None:
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.http.serve_forever)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}/weights.pth"

    def stop(self) -> None:
        self.gate.set()
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    box = Server()
    yield box
    box.stop()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "checkpoints" / "weights.pth"


def why(ask: Callable[[], None]) -> str:
    with pytest.raises(DownloadFailed) as caught:
        ask()
    return caught.value.reason


def test_who_asks_second_watches_the_first(server: Server, path: Path) -> None:
    downloads, seen = Downloads(), threading.Barrier(5)
    server.gate.clear()

    def ask(number: int) -> tuple[int, int]:
        last = (0, 0)
        met = False

        def progress(done: int, total: int) -> None:
            nonlocal last, met
            last = (done, total)
            if not met:
                met = True
                seen.wait(60)  # all of them are watching

        downloads.fetch(server.url, path, SHA256, progress)
        return last

    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(ask, i) for i in range(4)]
        seen.wait(60)
        assert server.half_sent.wait(60)
        assert downloads.running() == path
        assert not path.exists(), "half a file does not count as there"
        server.gate.set()
        assert [one.result(60) for one in asked] == [(len(BODY), len(BODY))] * 4
    assert server.requests == 1
    assert path.read_bytes() == BODY
    assert list(path.parent.iterdir()) == [path]
    assert downloads.running() is None


def test_another_file_has_to_wait_its_turn(server: Server, path: Path) -> None:
    downloads, other = Downloads(), path.with_name("other.pth")
    server.gate.clear()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(downloads.fetch, server.url, path, SHA256)
        assert server.half_sent.wait(60)
        with pytest.raises(DownloadFailed) as caught:
            downloads.fetch(server.url, other, SHA256)
        assert (caught.value.reason, caught.value.file) == ("busy", path.name)
        server.gate.set()
        first.result(60)
    downloads.fetch(server.url, other, SHA256)
    assert other.read_bytes() == BODY
    assert server.requests == 2


def test_a_download_goes_on_when_who_asked_for_it_has_left(server: Server, path: Path) -> None:
    downloads = Downloads()
    server.gate.clear()

    def leave(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        downloads.fetch(server.url, path, SHA256, leave)
    assert downloads.running() == path
    server.gate.set()
    downloads.fetch(server.url, path, SHA256)
    assert path.read_bytes() == BODY
    assert server.requests == 1


@pytest.mark.parametrize("answers", ["cut", "no HTTP", "no length"])
def test_connections_are_counted_and_failures_remembered(server: Server, path: Path, answers: str) -> None:
    now = 0.0
    downloads = Downloads(clock=lambda: now)
    server.answers = answers

    def ask() -> None:
        downloads.fetch(server.url, path, SHA256)

    failure = why(ask)
    assert failure == "offline"
    assert server.requests == ATTEMPTS
    assert [why(ask) for _ in range(5)] == [failure] * 5
    assert server.requests == ATTEMPTS, "for a while nobody is asked again"
    assert list(path.parent.iterdir()) == []
    now, server.answers = PAUSE + 1, "well"
    ask()
    assert path.read_bytes() == BODY


def test_what_is_not_what_the_name_says_is_thrown_away(server: Server, path: Path) -> None:
    server.body = BODY[:-10] + b"0123456789"
    assert why(lambda: Downloads().fetch(server.url, path, SHA256)) == "spoiled"
    assert list(path.parent.iterdir()) == []


def test_more_than_any_weights_have_is_not_read(server: Server, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "LARGEST", len(BODY) - 1)
    assert why(lambda: Downloads().fetch(server.url, path, SHA256)) == "spoiled"
    assert list(path.parent.iterdir()) == []


def test_a_folder_that_cannot_be_written_to_is_no_matter_of_the_network(server: Server, path: Path) -> None:
    path.parent.write_text("a file stands where the folder would be")
    assert why(lambda: Downloads().fetch(server.url, path, SHA256)) == "disk"


def test_a_disk_that_is_full_is_no_matter_of_the_network(server: Server, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.BytesIO):
        def write(self, _piece: object) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "open", lambda *_: Full())
    assert why(lambda: Downloads().fetch(server.url, path, SHA256)) == "disk"
    assert server.requests == 1, "another connection would not help"


def test_a_file_that_is_there_is_not_fetched_again_and_one_that_is_damaged_is_replaced(server: Server, path: Path) -> None:
    md5 = f"md5:{hashlib.md5(BODY).hexdigest()}"
    path.parent.mkdir()
    path.write_bytes(BODY)
    Downloads().fetch(server.url, path, md5)
    assert server.requests == 0
    path.write_bytes(BODY[:-1])
    Downloads().fetch(server.url, path, md5)
    assert server.requests == 1
    assert path.read_bytes() == BODY


def test_what_is_done_with_the_file_is_done_once_and_awaited(server: Server, path: Path) -> None:
    downloads, done = Downloads(), []
    server.gate.clear()
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(downloads.fetch, server.url, path, SHA256, then=lambda at: done.append(at.read_bytes()))]
        assert server.half_sent.wait(60)
        asked.append(pool.submit(downloads.fetch, server.url, path, SHA256))
        assert not done
        server.gate.set()
        for one in asked:
            one.result(60)
    assert done == [BODY]


@pytest.mark.parametrize(("error", "reason"), [(OSError("full"), "disk"), (EOFError("ends early"), "spoiled")])
def test_what_goes_wrong_with_a_file_that_came_is_told(server: Server, path: Path, error: Exception, reason: str) -> None:
    def fail(_path: Path) -> None:
        raise error

    assert why(lambda: Downloads().fetch(server.url, path, SHA256, then=fail)) == reason
    assert server.requests == 1


def test_other_people_may_read_what_was_fetched(server: Server, path: Path, tmp_path: Path) -> None:
    Downloads().fetch(server.url, path, SHA256)
    usual = tmp_path / "usual"
    usual.touch()
    assert path.stat().st_mode == usual.stat().st_mode


@pytest.mark.parametrize("reason", get_args(Reason))
def test_a_failure_is_a_sentence(reason: Reason) -> None:
    assert str(DownloadFailed(reason, "weights.pth")).startswith("weights.pth: ")


def test_what_a_killed_process_left_is_removed_and_what_another_one_writes_is_not(server: Server, path: Path) -> None:
    path.parent.mkdir()
    left, written = (path.with_name(f"{path.name}.{name}.part") for name in ("left", "written"))
    for part in (left, written):
        part.write_bytes(BODY[:9])
    os.utime(left, (0, 0))
    Downloads().fetch(server.url, path, SHA256)
    assert {file.name for file in path.parent.iterdir()} == {path.name, written.name}


def test_a_partial_file_that_another_process_has_just_moved_stops_nothing(server: Server, path: Path) -> None:
    path.parent.mkdir()
    path.with_name(f"{path.name}.moved.part").symlink_to(path.parent / "nowhere")  # it is listed, and is not there
    Downloads().fetch(server.url, path, SHA256)
    assert path.read_bytes() == BODY
