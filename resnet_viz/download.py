"""Files fetched over HTTP: one at a time for the whole process, whole and checked, or not at all.

Whoever asks for the file that is being fetched watches; whoever asks for another one is told so. The work is done by a thread of
its own: it goes on when those who watch have left.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Literal

log = logging.getLogger(__name__)
Progress = Callable[[int, int], object]
"""Called with (bytes so far, bytes in all); 0 in all where the server does not say."""
Reason = Literal["offline", "spoiled", "disk", "busy"]

ATTEMPTS = 2
"""Connections that are tried for one wish."""
PAUSE = 60.0
"""Seconds after a failure in which no connection is tried for the same file: those who ask hear of that failure."""
LARGEST = 1 << 30
"""Bytes; the largest of torchvision's residual networks has a third of it, CIFAR-10 a sixth."""
_CHUNK = 1 << 18
_TIMEOUT = 10.0, 20.0  # seconds to connect, and without a piece
_LOOK = 0.2  # seconds between two looks of those who watch
_ABANDONED = 600.0  # seconds after which a partial file that nobody writes to is somebody's who was killed
_MEANT = {
    "offline": "no connection brought the whole file",
    "spoiled": "what arrived is another file: its checksum differs, or it is too large",
    "disk": "it could not be written",
    "busy": "this file is being fetched, and downloads go one at a time",
}


class DownloadFailed(OSError):
    """A file that did not come; `file` is the one being fetched, where the reason is that."""

    def __init__(self, reason: Reason, file: str) -> None:
        super().__init__(f"{file}: {_MEANT[reason]}")
        self.reason, self.file = reason, file


class _Fetch:
    """One file on its way. Of itself it is the progress bar that pooch tells how many bytes there are."""

    def __init__(self, url: str, path: Path, known_hash: str, then: Callable[[Path], object]) -> None:
        self.url, self.path, self.known_hash, self.then = url, path, known_hash, then
        self.done = self.total = 0
        self.failure: Reason | None = "offline"  # until it is known that nothing went wrong
        self.ended = threading.Event()
        self.ended_at = 0.0

    def update(self, _count: int) -> None:
        """Nothing: pooch counts pieces, `_Partial` bytes."""

    reset = close = lambda self: None


class Downloads:
    """The one place through which files are fetched. Methods may be called from any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._last: _Fetch | None = None

    def fetch(
        self,
        url: str,
        path: Path,
        known_hash: str,
        progress: Progress = lambda done, total: None,
        then: Callable[[Path], object] = lambda path: None,
    ) -> None:
        """Have the file at `path` and call `then(path)`, once however many ask. Waits, and calls `progress` meanwhile.

        `known_hash` is `sha256:…` or `md5:…` with all digits or the first ones. A file that has it is not fetched again.
        Raises `DownloadFailed`: `offline` where no connection served, `spoiled` where what came is another file, `disk` where it
        could not be written, `busy` where another file is on its way.
        """
        fetch = self._joined(url, path, known_hash, then)
        while not fetch.ended.wait(_LOOK):
            progress(fetch.done, fetch.total)
        if fetch.failure:
            raise DownloadFailed(fetch.failure, path.name)
        progress(fetch.done, fetch.total)

    def running(self) -> Path | None:
        """Where the file that is on its way will be."""
        with self._lock:
            return None if self._last is None or self._last.ended.is_set() else self._last.path

    def _joined(self, url: str, path: Path, known_hash: str, then: Callable[[Path], object]) -> _Fetch:
        """The fetch to wait for: the one that is there, or a new one."""
        with self._lock:
            last = self._last
            if last and not last.ended.is_set():
                if last.path != path:
                    raise DownloadFailed("busy", last.path.name)
                return last
            if last and last.failure and (last.url, last.path) == (url, path) and self._clock() < last.ended_at + PAUSE:
                return last
            self._last = fetch = _Fetch(url, path, known_hash, then)
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


downloads = Downloads()
"""All downloads of this process."""


class _Unwritten(Exception):
    """The disk did not take a piece. No OSError: those that pooch raises are the network's."""


class _TooLarge(Exception):
    """More than `LARGEST` has arrived."""


class _Partial:
    """The file that pooch writes to: counts what comes, and tells the disk's errors from the network's."""

    def __init__(self, fetch: _Fetch, file: IO[bytes]) -> None:
        self._fetch, self._file = fetch, file

    def write(self, piece: bytes) -> None:
        self._fetch.done += len(piece)
        if self._fetch.done > LARGEST:
            raise _TooLarge
        try:
            self._file.write(piece)
        except OSError as error:
            raise _Unwritten from error

    def flush(self) -> None:
        """Nothing: the file is closed before anybody reads it."""


def _attempt(fetch: _Fetch) -> Reason | None:
    """One connection: into a partial file beside the target, checked, then moved into place. What went wrong, or None."""
    partial = fetch.path.with_name(f"{fetch.path.name}.{uuid.uuid4().hex}.part")
    fetch.done = 0
    try:
        if not _has_hash(fetch.path, fetch.known_hash):
            fetch.path.parent.mkdir(parents=True, exist_ok=True)
            _clear_abandoned(fetch.path)
            with partial.open("wb") as file:
                failure = _receive(fetch, _Partial(fetch, file))
            if failure:
                return failure
            if not _has_hash(partial, fetch.known_hash):
                return "spoiled"
            partial.replace(fetch.path)
        fetch.then(fetch.path)
    except OSError as error:
        log.warning("%s could not be stored: %s", fetch.path, error)
        return "disk"
    except Exception as error:  # whatever `then` makes of a file that its publisher has damaged
        log.warning("%s cannot be used: %s", fetch.path, error)
        return "spoiled"
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
    return None


def _receive(fetch: _Fetch, partial: _Partial) -> Reason | None:
    """Everything that the server sends, written as it comes. What went wrong, or None."""
    import pooch  # with requests, 0.2 s: only when something is fetched

    whole = {"Accept-Encoding": "identity"}  # so that the bytes that come are as many as the server says
    get: Any = pooch.HTTPDownloader(progressbar=fetch, chunk_size=_CHUNK, timeout=_TIMEOUT, headers=whole)
    try:
        get(fetch.url, partial, None)
    except _Unwritten as error:
        log.warning("%s could not be written: %s", fetch.path, error.__cause__)
        return "disk"
    except _TooLarge:
        return "spoiled"
    except (OSError, ValueError) as error:  # those of requests are OSErrors; ValueError: a length that is no number
        log.warning("%s did not come: %s", fetch.url, error)
        return "offline"
    return "offline" if fetch.done < fetch.total else None  # the connection was cut


def _has_hash(path: Path, known_hash: str) -> bool:
    """Whether there is a file with these first digits of its checksum."""
    import pooch

    algorithm, _, digits = known_hash.partition(":")
    return path.is_file() and bool(pooch.file_hash(str(path), alg=algorithm).startswith(digits))


def _clear_abandoned(path: Path) -> None:
    """Partial files of this file that a killed process has left."""
    for partial in path.parent.glob(f"{path.name}.*.part"):
        with suppress(FileNotFoundError):  # another process has just moved or removed it
            if time.time() - partial.stat().st_mtime > _ABANDONED:
                partial.unlink()
