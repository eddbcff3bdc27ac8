"""Files fetched over HTTP: one at a time for the whole process, whole and checked, or not at all.

Whoever asks for the file that is being fetched watches; whoever asks for another one is told so. The work is done by a thread of
its own: it goes on when those who watch have left.
"""

from __future__ import annotations

import hashlib
import http.client
import threading
import time
import urllib.request
import uuid
from collections.abc import Callable, Generator
from contextlib import closing, suppress
from pathlib import Path
from typing import Literal

Progress = Callable[[int, int], None]
"""Called with (bytes so far, bytes in all); 0 in all where the server does not say."""
Reason = Literal["offline", "spoiled", "disk", "busy"]

ATTEMPTS = 2
"""Connections that are tried for one wish."""
PAUSE = 60.0
"""Seconds after a failure in which no connection is tried for the same file: those who ask hear of that failure."""
LARGEST = 1 << 30
"""Bytes; the largest of torchvision's residual networks has a third of it."""
_CHUNK = 1 << 18
_TIMEOUT = 20.0  # seconds without an answer
_LOOK = 0.2  # seconds between two looks of those who watch
_ABANDONED = 600.0  # seconds after which a partial file that nobody writes to is somebody's who was killed


class DownloadFailed(RuntimeError):
    """A file that did not come; `file` is the one being fetched, where the reason is that."""

    def __init__(self, reason: Reason, file: str) -> None:
        super().__init__(f"{file}: {reason}")
        self.reason, self.file = reason, file


class _Fetch:
    """One file on its way."""

    def __init__(self, url: str, path: Path, sha256: str) -> None:
        self.url, self.path, self.sha256 = url, path, sha256
        self.done = self.total = 0
        self.failure: Reason | None = "offline"  # until it is known that nothing went wrong
        self.ended = threading.Event()
        self.ended_at = 0.0


class Downloads:
    """The one place through which files are fetched. Methods may be called from any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._last: _Fetch | None = None

    def fetch(self, url: str, path: Path, sha256: str, progress: Progress | None = None) -> None:
        """Have the file at `path`, whose SHA-256 begins with `sha256`. Waits for it, and calls `progress` while it waits.

        Raises `DownloadFailed`: `offline` where no connection served, `spoiled` where what came is another file, `disk` where it
        could not be written, `busy` where another file is on its way.
        """
        fetch = self._joined(url, path, sha256)
        while not fetch.ended.wait(_LOOK):
            if progress:
                progress(fetch.done, fetch.total)
        if fetch.failure:
            raise DownloadFailed(fetch.failure, path.name)
        if progress:
            progress(fetch.done, fetch.total)

    def running(self) -> Path | None:
        """Where the file that is on its way will be."""
        with self._lock:
            return None if self._last is None or self._last.ended.is_set() else self._last.path

    def _joined(self, url: str, path: Path, sha256: str) -> _Fetch:
        """The fetch to wait for: the one that is there, or a new one."""
        with self._lock:
            last = self._last
            if last and not last.ended.is_set():
                if last.path != path:
                    raise DownloadFailed("busy", last.path.name)
                return last
            if last and last.failure and (last.url, last.path) == (url, path) and self._clock() < last.ended_at + PAUSE:
                return last
            self._last = fetch = _Fetch(url, path, sha256)
            threading.Thread(target=self._run, args=(fetch,), daemon=True, name=f"download {path.name}").start()
            return fetch

    def _run(self, fetch: _Fetch) -> None:
        try:
            for _ in range(ATTEMPTS):
                fetch.failure = _attempt(fetch)
                if fetch.failure != "offline":
                    break
        finally:
            fetch.ended_at = self._clock()
            fetch.ended.set()


def _attempt(fetch: _Fetch) -> Reason | None:
    """One connection: into a partial file beside the target, checked, then moved into place. What went wrong, or None."""
    partial = fetch.path.with_name(f"{fetch.path.name}.{uuid.uuid4().hex}.part")
    fetch.done = 0
    try:
        fetch.path.parent.mkdir(parents=True, exist_ok=True)
        _clear_abandoned(fetch.path)
        with partial.open("wb") as file:
            if failure := _receive(fetch, file.write):
                return failure
        partial.replace(fetch.path)
    except OSError:
        return "disk"
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
    return None


def _receive(fetch: _Fetch, write: Callable[[bytes], object]) -> Reason | None:
    """Everything the server sends, written as it comes. What is raised is the disk's."""
    digest = hashlib.sha256()
    with closing(_chunks(fetch)) as chunks:
        while True:
            try:
                chunk = next(chunks, b"")
            except (OSError, ValueError, http.client.HTTPException):  # ValueError: an answer that is no HTTP
                return "offline"
            if not chunk:
                if fetch.done < fetch.total:  # the connection was cut
                    return "offline"
                return None if digest.hexdigest().startswith(fetch.sha256) else "spoiled"
            digest.update(chunk)
            fetch.done += len(chunk)
            if fetch.done > LARGEST:
                return "spoiled"
            write(chunk)


def _chunks(fetch: _Fetch) -> Generator[bytes, None, None]:
    with urllib.request.urlopen(fetch.url, timeout=_TIMEOUT) as answer:
        fetch.total = int(answer.headers.get("Content-Length") or 0)
        while chunk := answer.read(_CHUNK):
            yield chunk


def _clear_abandoned(path: Path) -> None:
    """Partial files of this file that a killed process has left."""
    for partial in path.parent.glob(f"{path.name}.*.part"):
        if time.time() - partial.stat().st_mtime > _ABANDONED:
            partial.unlink(missing_ok=True)
