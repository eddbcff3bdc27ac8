"""`fetch`: a file from the net that somebody asked for. Whoever asks for it meanwhile watches the same download.

The download runs in a thread of its own: who leaves the page does not end it for the others.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

TIMEOUT = (10.0, 20.0)
"""Seconds to connect, and between two pieces."""
CHUNK = 1 << 18  # bytes
LOOK_EVERY = 0.2  # seconds between two calls of `progress`


class _Download:
    """One download on its way."""

    def __init__(self, work: Callable[[_Download], None]) -> None:
        self.done, self.total = 0, 0
        self.ended = threading.Event()
        self.error: OSError | None = None
        threading.Thread(target=self._run, args=(work,), name="download", daemon=True).start()

    def _run(self, work: Callable[[_Download], None]) -> None:
        try:
            work(self)
        except OSError as error:
            self.error = error
        except Exception as error:  # whatever a damaged archive or a proxy's answer makes of it
            self.error = OSError(str(error) or type(error).__name__)
        finally:
            self.ended.set()


_lock = threading.Lock()
_running: dict[Path, _Download] = {}


def fetch(
    url: str,
    path: Path,
    known_hash: str,
    progress: Callable[[int, int], object] = lambda done, total: None,
    then: Callable[[Path], None] = lambda path: None,
) -> None:
    """Bring the file at `url` to `path` and call `then(path)`, once, however many ask at the same time.

    `known_hash` is `md5:…` or `sha256:…`, or the first digits of one; nothing is at `path` until it has been checked.
    `progress` is told the bytes that have come and their number in all (0 while it is not known). Raises `OSError`.
    """
    with _lock:
        running = _running.get(path)
        if running is None or running.ended.is_set():
            running = _running[path] = _Download(lambda of: _bring(url, path, known_hash, of, then))
    while not running.ended.wait(LOOK_EVERY):
        progress(running.done, running.total)
    with _lock:
        if _running.get(path) is running:
            del _running[path]
    if running.error:
        raise running.error


class _Meter:
    """What pooch tells how far it is; `total` is set by pooch."""

    def __init__(self, of: _Download) -> None:
        self._of = of

    @property
    def total(self) -> int:
        return self._of.total

    @total.setter
    def total(self, value: int) -> None:
        self._of.total = value

    def update(self, count: int) -> None:
        self._of.done += count

    def reset(self) -> None:
        self._of.done = 0

    def close(self) -> None:
        """Nothing to close."""


def _bring(url: str, path: Path, known_hash: str, of: _Download, then: Callable[[Path], None]) -> None:
    import pooch

    path.parent.mkdir(parents=True, exist_ok=True)
    loader: Any = pooch.HTTPDownloader(progressbar=_Meter(of), chunk_size=CHUNK, timeout=TIMEOUT)
    try:
        pooch.retrieve(url, known_hash, fname=path.name, path=path.parent, downloader=loader)
    except ValueError as error:
        raise OSError(f"the file that arrived is not {path.name}: its checksum differs") from error
    then(path)
