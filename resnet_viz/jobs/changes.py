"""What is to be written of one run: as statements for the file, and laid over what the file says until they are written."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from resnet_viz.jobs.database import parsed

Status = Literal["waiting", "running", "paused", "done", "stopped", "failed"]
FINISHED: tuple[Status, ...] = ("done", "stopped", "failed")
COLUMNS = "key, experiment, status, reason, result, code, created, rank, owner, watched"


class StoredRun(NamedTuple):
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
    owner: str = ""
    """Token of who started it; empty where nobody said."""
    watched: float = 0.0
    """Seconds since 1970 until which somebody watches, through any app on this file."""


def run_of(row: tuple[Any, ...]) -> StoredRun:
    """A row of `COLUMNS`. Raises `Unreadable`."""
    return StoredRun._make((*row[:4], parsed(row[4]), *row[5:]))


@dataclass
class Change:
    """What is known of one run and not yet in the file. Writing it twice is writing it once."""

    forget: bool = False
    """Delete what is there, before all the rest."""
    asked: StoredRun | None = None
    """The run as it is made where there is none."""
    status: tuple[Status, str, str | None] | None = None
    """Status, reason and result (JSON); without a result the old one stays."""
    seen: float = 0.0
    watched: float = 0.0
    steps: dict[int, str] = field(default_factory=dict)
    kept: tuple[int, bytes] | None = None
    """Step and bytes of the last checkpoint."""

    def size(self) -> int:
        """Bytes of records and of the checkpoint."""
        return sum(map(len, self.steps.values())) + (len(self.kept[1]) if self.kept else 0)

    def over(self, found: StoredRun | None) -> StoredRun | None:
        """The run as the file will have it."""
        if self.forget:
            found = None
        if self.asked:
            found = found or self.asked
            found = found._replace(rank=min(found.rank, self.asked.rank), owner=found.owner or self.asked.owner)
        if found is None:
            return None
        if self.status:
            status, reason, result = self.status
            found = found._replace(status=status, reason=reason, result=found.result if result is None else json.loads(result))
        return found._replace(watched=max(found.watched, self.watched))

    def write_run(self, db: sqlite3.Connection, key: str) -> None:
        """Everything but steps and checkpoint."""
        if self.forget:
            delete(db, key)
        if run := self.asked:
            db.execute(
                f"insert into runs ({COLUMNS}, seen) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
                "on conflict (key) do update set rank = min(rank, excluded.rank), "
                "owner = case owner when '' then excluded.owner else owner end",
                (*run[:4], json.dumps(run.result), *run[5:], self.seen),
            )
        db.execute("update runs set seen = max(seen, ?), watched = max(watched, ?) where key = ?", (self.seen, self.watched, key))
        if self.status:
            status, reason, result = self.status
            db.execute(
                "update runs set status = ?, reason = ?, result = coalesce(?, result) where key = ?",
                (status, reason, result, key),
            )
            if status == "done":
                db.execute("delete from checkpoints where key = ?", (key,))

    def write_rest(self, db: sqlite3.Connection, key: str) -> None:
        """Steps and checkpoint, of a run that is there."""
        if self.steps:
            (before,) = db.execute(
                "select coalesce(sum(length(record)), 0) from steps where key = ? and step in (select value from json_each(?))",
                (key, json.dumps([*self.steps])),
            ).fetchone()
            rows = ((key, step, record) for step, record in self.steps.items())
            db.executemany("insert or replace into steps (key, step, record) values (?, ?, ?)", rows)
            added = sum(map(len, self.steps.values())) - before
            db.execute("update runs set bytes = bytes + ? where key = ?", (added, key))
        if self.kept:
            db.execute(
                "insert into checkpoints (key, step, blob) values (?, ?, ?) "
                "on conflict (key) do update set step = excluded.step, blob = excluded.blob where excluded.step >= step",
                (key, *self.kept),
            )


def delete(db: sqlite3.Connection, key: str) -> None:
    """Everything of one run."""
    for table in ("steps", "checkpoints", "runs"):
        db.execute(f"delete from {table} where key = ?", (key,))


def used(db: sqlite3.Connection) -> int:
    """Bytes of the file's pages that hold something."""
    return _pragma(db, "page_size") * (_pragma(db, "page_count") - _pragma(db, "freelist_count"))


def make_room(db: sqlite3.Connection, room: int, *, spare: str = "") -> bool:
    """Drop what may go until no more than `room` bytes are used; whether that was enough.

    Finished runs go first, those that nobody has looked at for longest before others; then the largest checkpoints of unfinished
    ones. The run `spare` keeps its record.
    """
    while used(db) > room:
        oldest = db.execute(
            "select key from runs where status in ('done', 'stopped', 'failed') and key <> ? order by seen limit 1", (spare,)
        ).fetchone()
        if oldest is None:
            break
        delete(db, *oldest)
    while used(db) > room:
        largest = db.execute("select key from checkpoints order by length(blob) desc limit 1").fetchone()
        if largest is None:
            return False
        db.execute("delete from checkpoints where key = ?", largest)
    return True


def is_largest(db: sqlite3.Connection, key: str) -> bool:
    """Whether no other run has a longer history."""
    return bool(db.execute("select key from runs order by bytes desc, key limit 1").fetchone() == (key,))


def give_back(db: sqlite3.Connection, room: int) -> None:
    """Return free pages to the file system where the file is larger than `room`."""
    surplus = _pragma(db, "page_count") - room // _pragma(db, "page_size")
    if surplus > 0:
        db.execute(f"pragma incremental_vacuum({surplus})").fetchall()


def _pragma(db: sqlite3.Connection, name: str) -> int:
    return int(db.execute(f"pragma {name}").fetchone()[0])
