"""Which of several apps on one folder holds a file there."""

from __future__ import annotations

import sqlite3
from pathlib import Path


class FileLock:
    """A lock beside a file. It is free again when the app that holds it ends, however it does."""

    def __init__(self, file: Path) -> None:
        self._path = file.with_name(f"{file.name}.lock")
        self._db: sqlite3.Connection | None = None

    @property
    def is_held(self) -> bool:
        """Whether this app has taken it."""
        return self._db is not None

    def take(self) -> bool:
        """Whether nobody else holds it, from now on. Where nothing can be written nobody can."""
        if self._db is None:
            try:
                db = sqlite3.connect(self._path, timeout=0, isolation_level=None, check_same_thread=False)
            except sqlite3.Error:
                return True
            try:
                db.execute("begin exclusive")
            except sqlite3.OperationalError as error:
                db.close()
                return "locked" not in str(error)
            self._db = db
        return True

    def release(self) -> None:
        """Let another app take it."""
        if self._db:
            self._db.close()
            self._db = None
