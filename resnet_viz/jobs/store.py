"""What has been trained, in one SQLite file: experiments, their histories and their last checkpoints.

Several processes may use the file at once (WAL). It stays below a size: the runs that nobody has looked at for longest go first.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, NamedTuple

import resnet_viz

Status = Literal["waiting", "running", "paused", "done", "stopped", "failed"]
MAX_BYTES = 200 * 2**20
FINISHED: tuple[Status, ...] = ("done", "stopped", "failed")

_VERSION = 2
"""Of the tables and of what a record says. A file of another version is emptied: everything in it can be trained again."""
_SCHEMA = """
create table if not exists runs (
  key text primary key, experiment text not null, status text not null, reason text not null default '',
  result text not null default '{}', code text not null, created real not null, seen real not null,
  bytes integer not null default 0, rank integer not null default 0);
create table if not exists steps (key text not null, step integer not null, record text not null, primary key (key, step))
  without rowid;
create table if not exists checkpoints (key text primary key, step integer not null, blob blob not null);
create index if not exists by_seen on runs (seen);
"""


_TABLES = ("steps", "checkpoints", "runs")


class Run(NamedTuple):
    """One experiment that was asked for."""

    key: str
    experiment: str
    status: Status
    reason: str
    """Why it was stopped or failed; empty otherwise."""
    result: dict[str, Any]
    """Final figures of a finished run."""
    code: str
    """Version of the code that made it."""
    created: float
    """Seconds since 1970."""
    rank: int
    """0 where somebody waits for it; 1 for one of many, behind all of those."""


_COLUMNS = "key, experiment, status, reason, result, code, created, rank"


def _run(row: tuple[Any, ...]) -> Run:
    return Run(row[0], row[1], row[2], row[3], json.loads(row[4]), row[5], row[6], row[7])


class Store:
    """The file. Methods may be called from any thread."""

    def __init__(self, path: Path, *, max_bytes: int = MAX_BYTES) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path, self.max_bytes = path, max_bytes
        self._local = threading.local()
        (version,) = self._connection().execute("pragma user_version").fetchone()
        with self._write() as db:
            if version != _VERSION:
                for table in _TABLES:
                    db.execute(f"drop table if exists {table}")  # one of three names
                db.execute(f"pragma user_version = {_VERSION}")
            db.executescript(_SCHEMA)

    def _connection(self) -> sqlite3.Connection:
        if not hasattr(self._local, "db"):
            db = sqlite3.connect(self.path, timeout=30, isolation_level=None)
            db.execute("pragma journal_mode = wal")
            db.execute("pragma synchronous = normal")
            self._local.db = db
        found: sqlite3.Connection = self._local.db
        return found

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        db = self._connection()
        db.execute("begin immediate")
        try:
            yield db
        except BaseException:
            db.execute("rollback")
            raise
        if db.in_transaction:
            db.execute("commit")

    # Runs

    def ask(self, key: str, experiment: str, rank: int = 0) -> Run:
        """The run of this key, made if it is not there, and marked as just looked at. The lowest rank asked for holds."""
        now = time.time()
        with self._write() as db:
            db.execute(
                "insert into runs (key, experiment, status, code, created, seen, rank) values (?, ?, 'waiting', ?, ?, ?, ?) "
                "on conflict (key) do update set seen = excluded.seen, rank = min(rank, excluded.rank)",
                (key, experiment, resnet_viz.__version__, now, now, rank),
            )
        found = self.run(key)
        assert found is not None
        return found

    def run(self, key: str) -> Run | None:
        """What is known of one run."""
        row = self._connection().execute(f"select {_COLUMNS} from runs where key = ?", (key,)).fetchone()
        return _run(row) if row else None

    def unfinished(self) -> list[Run]:
        """Runs that wait or train, in the order in which they are taken up."""
        wanted = "status in ('waiting', 'running', 'paused') order by rank, created"
        return [_run(row) for row in self._connection().execute(f"select {_COLUMNS} from runs where {wanted}")]

    def recent(self, count: int) -> list[Run]:
        """The runs of rank 0 that were started last, newest first."""
        rows = self._connection().execute(f"select {_COLUMNS} from runs where rank = 0 order by created desc limit ?", (count,))
        return [_run(row) for row in rows]

    def set_status(self, key: str, status: Status, *, reason: str = "", result: dict[str, Any] | None = None) -> None:
        """What became of a run. A finished one gives its checkpoint up."""
        with self._write() as db:
            db.execute(
                "update runs set status = ?, reason = ?, result = coalesce(?, result) where key = ?",
                (status, reason, None if result is None else json.dumps(result), key),
            )
            if status == "done":
                db.execute("delete from checkpoints where key = ?", (key,))
        if status in FINISHED:
            self._shrink()

    # Histories

    def add_steps(self, key: str, records: Iterable[tuple[int, Sequence[Any]]]) -> None:
        """Add (step, record) pairs. A step that is there already is replaced: a run taken up again repeats itself."""
        rows = [(key, step, json.dumps(record)) for step, record in records]
        with self._write() as db:
            db.executemany("insert or replace into steps (key, step, record) values (?, ?, ?)", rows)
            db.execute("update runs set bytes = bytes + ? where key = ?", (sum(len(row[2]) + 40 for row in rows), key))

    def steps(self, key: str, after: int = 0) -> list[Any]:
        """The records of a run with a step above `after`, in order."""
        rows = self._connection().execute("select record from steps where key = ? and step > ? order by step", (key, after))
        return [json.loads(row[0]) for row in rows]

    # Checkpoints

    def keep(self, key: str, step: int, blob: bytes) -> None:
        """The last checkpoint of a run; an older one than is there is ignored."""
        with self._write() as db:
            db.execute(
                "insert into checkpoints (key, step, blob) values (?, ?, ?) "
                "on conflict (key) do update set step = excluded.step, blob = excluded.blob where excluded.step >= step",
                (key, step, blob),
            )

    def checkpoint(self, key: str) -> tuple[int, bytes] | None:
        """(step, bytes) of the last checkpoint."""
        row = self._connection().execute("select step, blob from checkpoints where key = ?", (key,)).fetchone()
        return (int(row[0]), bytes(row[1])) if row else None

    # Size

    def size(self) -> int:
        """Bytes of histories and checkpoints."""
        db = self._connection()
        (steps,) = db.execute("select coalesce(sum(bytes), 0) from runs").fetchone()
        (blobs,) = db.execute("select coalesce(sum(length(blob)), 0) from checkpoints").fetchone()
        return int(steps) + int(blobs)

    def _shrink(self) -> None:
        """Forget the finished runs that nobody has looked at for longest, until the rest fits."""
        while self.size() > self.max_bytes:
            with self._write() as db:
                row = db.execute(
                    "select key from runs where status in ('done', 'stopped', 'failed') order by seen limit 1"
                ).fetchone()
                if row is None:
                    return
                for table in _TABLES:
                    db.execute(f"delete from {table} where key = ?", row)  # one of three names
