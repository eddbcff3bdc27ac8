"""One SQLite file of ours: made, brought up to date, and a few connections to it that all threads share.

The file is in WAL mode: reading never waits for somebody who writes. It may be removed or damaged at any time;
`Database.replaced` and `what_failed` tell, and `set_aside` keeps what cannot be read.
"""

from __future__ import annotations

import json
import os
import queue
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal

WAIT = 0.04
"""Seconds that a call waits for another thread or process."""
OPENING_WAIT = 5.0
"""The same while the file is made or brought up to date."""
READERS = 4
TURN = 2.0
"""Seconds that a thread waits until one of them is free: all read for moments."""
PAGE = 4096

VERSION = 3
_OURS = 0x52_4E_56_4C
"""SQLite's application_id; files of version 2 have none."""
_SCHEMA = """
create table runs (
  key text primary key, experiment text not null, status text not null, reason text not null default '',
  result text not null default '{}', code text not null, created real not null, seen real not null,
  bytes integer not null default 0, rank integer not null default 0,
  owner text not null default '', watched real not null default 0);
create table steps (key text not null, step integer not null, record text not null, primary key (key, step)) without rowid;
create table checkpoints (key text primary key, step integer not null, blob blob not null);
create index by_seen on runs (seen);
"""
_SINCE_2 = """
alter table runs add column owner text not null default '';
alter table runs add column watched real not null default 0;
"""

Failure = Literal["busy", "full", "read_only", "damaged"]
_FAILURES: dict[int, Failure] = {
    sqlite3.SQLITE_BUSY: "busy",
    sqlite3.SQLITE_LOCKED: "busy",
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_IOERR: "full",  # what a full disk says of the shared memory file
    sqlite3.SQLITE_READONLY: "read_only",
    sqlite3.SQLITE_CANTOPEN: "read_only",
    sqlite3.SQLITE_PERM: "read_only",
    sqlite3.SQLITE_AUTH: "read_only",
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_NOTADB: "damaged",
    sqlite3.SQLITE_ERROR: "damaged",  # no such table, no such column
    sqlite3.SQLITE_CONSTRAINT: "damaged",
    sqlite3.SQLITE_MISMATCH: "damaged",
}
"""Every other code says something of this moment: of two that open the log at once, of memory that is short."""


class NotOurs(sqlite3.DatabaseError):
    """The file is of another application, or of a version that is not known here."""


class Unreadable(sqlite3.DatabaseError):
    """What stands in the file has been overwritten where SQLite does not notice: within a long text."""


def parsed(text: str) -> Any:
    """The value of a JSON text from the file. Raises `Unreadable`."""
    try:
        return json.loads(text)
    except ValueError as error:
        raise Unreadable(str(error)) from error


def is_sqlites(error: Exception) -> bool:
    """Whether SQLite itself failed, and not Python's module for it, which refuses values of a wrong type."""
    return isinstance(error, sqlite3.Error) and hasattr(error, "sqlite_errorcode")


def _is_no_text(error: Exception) -> bool:
    """Whether Python's module refused bytes that are no UTF-8. What else it refuses is a mistake of the caller's."""
    return type(error) is sqlite3.OperationalError and not is_sqlites(error)


def what_failed(error: Exception) -> Failure:
    """What is wrong with the file. Our statements do not change, so what SQLite does not understand is the file's fault.

    An error that is neither SQLite's nor the operating system's is raised again.
    """
    if isinstance(error, OSError):
        return "read_only"
    if isinstance(error, NotOurs | Unreadable) or _is_no_text(error):
        return "damaged"
    if not isinstance(error, sqlite3.Error) or not is_sqlites(error):
        raise error
    if error.sqlite_errorcode == sqlite3.SQLITE_IOERR_SHORT_READ:
        return "damaged"
    return _FAILURES.get(error.sqlite_errorcode & 0xFF, "busy")


def set_aside(path: Path) -> Path:
    """Rename a file and its log, so that a new one can be begun; the new name says when. Raises `OSError`."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    names = (path.with_name(f"{path.stem}.unreadable-{stamp}{n or ''}{path.suffix}") for n in range(1000))
    name = next(n for n in names if not n.exists())
    path.rename(name)
    with suppress(FileNotFoundError):
        Path(f"{path}-wal").rename(f"{name}-wal")
    Path(f"{path}-shm").unlink(missing_ok=True)
    return name


class Database:
    """One writing connection and up to `READERS` reading ones. Raises `sqlite3.Error` or `OSError` where there can be none.

    Whoever uses `writer` holds `write_lock`. `path` None is a database in memory, which has one connection for both.
    """

    def __init__(self, path: Path | None, log_bytes: int, write_lock: threading.RLock) -> None:
        self.path, self.log_bytes, self.write_lock = path, log_bytes, write_lock
        self._idle: queue.LifoQueue[sqlite3.Connection | None] = queue.LifoQueue()
        self._closed = threading.Event()
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
            for needed in (path.parent, *([path] if path.exists() else [])):
                if not os.access(
                    needed, os.W_OK, effective_ids=os.access in os.supports_effective_ids
                ):  # SQLite would open it and fail later
                    raise PermissionError(f"{str(needed)!r} cannot be written")
        self.writer = self._connect(OPENING_WAIT)
        try:
            self._prepare(self.writer)
        except BaseException:
            self.writer.close()
            raise
        found = self._named()
        self._identity, self._filled = (found.st_dev, found.st_ino) if found else (0, 0), False
        for _ in range(READERS):
            self._idle.put(None)

    def _connect(self, wait: float = WAIT) -> sqlite3.Connection:
        return sqlite3.connect(self.path or ":memory:", timeout=wait, isolation_level=None, check_same_thread=False)

    def _prepare(self, db: sqlite3.Connection) -> None:
        """Tables and settings. Raises `NotOurs` for another's file, which stays as it is."""
        if _version(db) == 0:
            db.execute(f"pragma page_size = {PAGE}")
            db.execute("pragma auto_vacuum = incremental")
        db.execute("pragma journal_mode = wal")
        db.execute("pragma synchronous = normal")
        db.execute(f"pragma wal_autocheckpoint = {max(4, min(1000, self.log_bytes // 4 // PAGE))}")
        db.execute(f"pragma journal_size_limit = {self.log_bytes // 4}")
        db.execute("pragma temp_store = memory")
        if _version(db) != VERSION:
            db.execute("begin immediate")  # of several apps that start at once, one makes the tables
            try:
                statements = {0: _SCHEMA, 2: _SINCE_2}.get(_version(db), "")
                for statement in filter(str.strip, statements.split(";")):
                    db.execute(statement)
                db.execute(f"pragma application_id = {_OURS}")
                db.execute(f"pragma user_version = {VERSION}")
                db.execute("commit")
            except BaseException:
                db.execute("rollback")
                raise
            db.execute("pragma wal_checkpoint(truncate)").fetchall()  # the file itself is no longer empty
        db.execute(f"pragma busy_timeout = {int(WAIT * 1000)}")

    def _named(self) -> os.stat_result | None:
        """The file that the path names now."""
        try:
            return os.stat(self.path) if self.path else None
        except OSError:
            return None

    def replaced(self) -> bool:
        """Whether the path no longer names the file that is open here, or that has been emptied."""
        if self.path is None:
            return False
        found = self._named()
        if found is None or (found.st_dev, found.st_ino) != self._identity:
            return True
        self._filled = self._filled or found.st_size > 0
        return self._filled and found.st_size == 0

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection to read from, for one thread at a time.

        Raises `queue.Empty` where the database was closed or all connections stay in use.
        """
        if self.path is None:
            with self.write_lock:
                yield self.writer
            return
        db = self._idle.get(timeout=TURN)
        if self._closed.is_set():
            self._idle.put(None)  # for the next that waits
            raise queue.Empty
        try:
            db = db or self._connect()
            yield db
        finally:
            if self._closed.is_set() and db:
                db.close()
            else:
                self._idle.put(db)

    def log_size(self) -> int:
        """Bytes of the write-ahead log on disk."""
        try:
            return os.stat(f"{self.path}-wal").st_size if self.path else 0
        except OSError:
            return 0

    def compact(self) -> None:
        """Make a file of version 2 one that can give pages back."""
        if self.writer.execute("pragma auto_vacuum").fetchone() == (2,):
            return
        self.writer.execute("pragma auto_vacuum = incremental")
        self.writer.execute("vacuum")
        self.writer.execute("pragma wal_checkpoint(truncate)").fetchall()

    def close(self) -> None:
        """Close what is not in use; the rest closes after its last use."""
        self._closed.set()
        with suppress(queue.Empty):
            while True:
                if db := self._idle.get_nowait():
                    db.close()
        self._idle.put(None)
        with self.write_lock, suppress(sqlite3.Error):
            self.writer.close()


def _version(db: sqlite3.Connection) -> int:
    """Version of the tables, 0 where there are none. Raises `NotOurs`."""
    tables = {name for (name,) in db.execute("select name from sqlite_master where type = 'table'")}
    (version,) = db.execute("pragma user_version").fetchone()
    (application,) = db.execute("pragma application_id").fetchone()
    ours = {"runs", "steps", "checkpoints"}
    for known in ((0, 0, set()), (2, 0, ours), (VERSION, _OURS, ours)):
        if (version, application, tables) == known:
            return int(version)
    raise NotOurs(f"version {version}, application {application}, tables {sorted(tables)}")
