"""Which of several apps on one folder holds a file there."""

from __future__ import annotations

import contextlib
import os
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
        for _ in range(2):
            try:
                self._db = self._db or self._begin()
            except sqlite3.OperationalError as error:
                return "locked" not in str(error)
            except sqlite3.DatabaseError:  # damaged, and held by nobody: a lock is met before what is in the file
                self._empty()
        return True

    def _begin(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, timeout=0, isolation_level=None, check_same_thread=False)
        try:
            db.execute("begin exclusive")
        except sqlite3.Error:
            db.close()
            raise
        return db

    def _empty(self) -> None:
        """Not another file of that name: of two apps that do this at once, one would hold the old one and one the new one."""
        with contextlib.suppress(OSError):
            os.truncate(self._path, 0)

    def release(self) -> None:
        """Let another app take it."""
        if self._db:
            self._db.close()
            self._db = None
