"""What has been trained, in one SQLite file: experiments, their histories and their last checkpoints.

Several processes may use the file at once. Whatever happens to it, nobody waits and nothing fails: a file that cannot be read is
set aside, one that cannot be written is replaced by memory, and what cannot be written now waits in memory, is seen by every
question meanwhile and is written by the next `flush`. On disk it stays below a size.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import resnet_viz
from resnet_viz.jobs.changes import COLUMNS, FINISHED, Change, Status, StoredRun, give_back, is_largest, make_room, run_of, used
from resnet_viz.jobs.database import WAIT, Database, is_sqlites, parsed
from resnet_viz.jobs.store_file import StoreFile
from resnet_viz.jobs.store_problems import CheckpointTooLarge, StoreFull
from resnet_viz.refused import Refused

MAX_BYTES = 200 * 2**20
"""Most bytes of the file and its write-ahead log together."""
MAX_BLOB = 32 * 2**20
"""Most bytes of one checkpoint."""
MIN_BYTES = 256 * 2**10
RETRY_AFTER = 0.25
"""Seconds during which nobody but `flush` tries again to write a file that somebody else was writing."""


class Store:
    """The file. Methods may be called from any thread; none waits longer than about a tenth of a second for another process.

    On disk the file takes up to three quarters of `max_bytes`, its log one, and for a moment as much more as one write is large.
    What waits to be written takes up to a quarter in memory.
    """

    def __init__(self, path: Path, *, max_bytes: int = MAX_BYTES, max_blob: int = MAX_BLOB) -> None:
        if max_bytes < MIN_BYTES:
            raise ValueError(f"max_bytes must be at least {MIN_BYTES}, got {max_bytes}")
        self.path, self.max_bytes, self.max_blob = path, max_bytes, max_blob
        self._log_bytes = max_bytes // 4
        self._room = max_bytes - self._log_bytes
        self._full_disk: Refused | None = None
        self._lock = threading.Lock()  # of what follows; held for moments
        self._pending: dict[str, Change] = {}
        self._writing: dict[str, Change] = {}
        self._refused: dict[str, StoreFull] = {}
        self._live: dict[str, StoredRun] = {}
        self._retry_at = 0.0
        self._file = StoreFile(path, self._log_bytes, self._tidy, self._tell_again)

    @property
    def problem(self) -> Refused | None:
        """What is wrong with the file, for a page to say: `store_full`, `store_set_aside`, `store_read_only` or `store_lost`."""
        return self._full_disk or self._file.problem

    @property
    def generation(self) -> int:
        """How often a new file was begun since the start. Histories from before are then in memory only."""
        return self._file.generation

    # Runs

    def ask(self, key: str, experiment: str, rank: int = 0, owner: str = "") -> StoredRun:
        """The run of this key, made if it is not there, and marked as just looked at. The lowest rank asked for holds.

        The owner is whoever asked first. Raises `StoreFull`.
        """
        now = time.time()
        run = StoredRun(key, experiment, "waiting", "", {}, resnet_viz.__version__, now, rank, owner)
        with self._changing(key) as change:
            change.seen = now
            asked = change.asked or run
            change.asked = asked._replace(rank=min(asked.rank, rank), owner=asked.owner or owner)
        self._write_soon()
        found = self.run(key)
        if found is None and (refused := self._refusal(key)):
            raise refused
        self._remember(found or run)
        return found or run

    def run(self, key: str) -> StoredRun | None:
        """What is known of one run."""
        changes = self._unwritten(key)
        question = f"select {COLUMNS} from runs where key = ?"
        found = next(iter(self._file.read(lambda db: [run_of(row) for row in db.execute(question, (key,))])), None)
        for change in changes:
            found = change.over(found)
        return found

    def unfinished(self) -> list[StoredRun]:
        """Runs that wait or train, in the order in which they are taken up."""
        with self._lock:
            changed = {**self._writing, **self._pending}
        question = f"select {COLUMNS} from runs where status in ('waiting', 'running', 'paused')"
        runs = {run.key: run for run in self._file.read(lambda db: [run_of(row) for row in db.execute(question)])}
        for key in changed:  # as it will be once it is written
            if run := self.run(key):
                runs[key] = run
            else:
                runs.pop(key, None)
        return sorted((run for run in runs.values() if run.status not in FINISHED), key=lambda run: (run.rank, run.created))

    def set_status(self, key: str, status: Status, *, reason: str = "", result: dict[str, Any] | None = None) -> None:
        """What became of a run. A finished one gives its checkpoint up."""
        text = None if result is None else json.dumps(result)
        said = reason.encode(errors="replace").decode()  # an exception's text may be none
        with self._changing(key) as change:
            if text is None and change.status:
                text = change.status[2]
            change.status = (status, said, text)
            if status == "done":
                change.kept = None
            if status in FINISHED:
                self._live.pop(key, None)
        self._write_soon()
        if status not in FINISHED and (run := self.run(key)):
            self._remember(run)

    def watch(self, key: str, until: float) -> None:
        """Somebody looks at a run and watches it until then (seconds since 1970). Costs nothing: `flush` writes it."""
        with self._changing(key) as change:
            change.seen, change.watched = time.time(), max(change.watched, until)

    def forget(self, key: str) -> None:
        """Delete a run with all that is known of it."""
        with self._lock:
            self._pending[key] = Change(forget=True)
            for known in (self._live, self._refused):
                known.pop(key, None)
        self._write_soon()

    # Histories

    def add_steps(self, key: str, records: Iterable[tuple[int, Sequence[Any]]]) -> None:
        """Add (step, record) pairs. A step that is there already is replaced: a run taken up again repeats itself.

        Raises `StoreFull` where these records, or those of an earlier call, cannot be kept.
        """
        texts = {step: json.dumps(record) for step, record in records}
        with self._changing(key) as change:
            if self._waiting_bytes() + sum(map(len, texts.values())) > self._log_bytes:
                raise self._full()
            change.steps |= texts
        self._write_soon()
        if refused := self._refusal(key):
            raise refused

    def steps(self, key: str, after: int = 0) -> list[Any]:
        """The records of a run with a step above `after`, in order."""
        changes = self._unwritten(key)
        wanted = "select step, record from steps where key = ? and step > ? order by step"
        found = self._file.read(lambda db: {step: parsed(record) for step, record in db.execute(wanted, (key, after))})
        for change in changes:
            if change.forget:
                found.clear()
            found |= {step: json.loads(record) for step, record in change.steps.items() if step > after}
        return [record for _, record in sorted(found.items())]

    # Checkpoints

    def keep(self, key: str, step: int, blob: bytes) -> None:
        """The last checkpoint of a run; an older one than is there is ignored. Raises `CheckpointTooLarge`.

        Where room is short, checkpoints are given up before histories are.
        """
        if len(blob) > self.max_blob:
            raise CheckpointTooLarge("checkpoint_size", most=self.max_blob / 2**20, given=len(blob) / 2**20)
        with self._changing(key) as change:
            if not (change.kept and change.kept[0] > step) and self._waiting_bytes() + len(blob) <= self._log_bytes:
                change.kept = (step, blob)
        self._write_soon()

    def checkpoint(self, key: str) -> tuple[int, bytes] | None:
        """(step, bytes) of the last checkpoint."""
        changes = self._unwritten(key)
        row = self._file.read(lambda db: db.execute("select step, blob from checkpoints where key = ?", (key,)).fetchone())
        found = (int(row[0]), bytes(row[1])) if row else None
        for change in changes:
            if change.forget or (change.status and change.status[0] == "done"):
                found = None
            if change.kept and not (found and found[0] > change.kept[0]):
                found = change.kept
        return found

    # Size

    def size(self) -> int:
        """Bytes that are in use in the file."""
        return self._file.read(used)

    # What waits to be written

    def flush(self) -> None:
        """Write what waits, if the file can be written; it waits on if not. The engine's thread calls it every few seconds."""
        database = self._file.current()
        if not self._file.write_lock.acquire(timeout=WAIT):
            return
        try:
            while self._file.database is database and self._take():
                if not self._write(database):
                    self._retry_at = time.monotonic() + RETRY_AFTER
                    return
        except Exception as error:
            if not is_sqlites(error):
                with self._lock:
                    self._writing = {}  # what fits in no file must not keep the rest from it
                raise
            failed = error
        else:
            return
        finally:
            self._file.write_lock.release()
        self._retry_at = time.monotonic() + RETRY_AFTER
        if self._file.repair(database, failed) == "full":
            self._full_disk = Refused("store_full", file=self.path.name)

    def close(self) -> None:
        """Write what waits and close the file. Any later call opens it again."""
        self.flush()
        self._file.close()

    @contextmanager
    def _changing(self, key: str) -> Iterator[Change]:
        with self._lock:
            yield self._pending.setdefault(key, Change())

    def _unwritten(self, key: str) -> list[Change]:
        """Copies of what waits of one run. To be asked for before the file is: what is written meanwhile is then seen twice."""
        with self._lock:
            found = [layer[key] for layer in (self._writing, self._pending) if key in layer]
            return [replace(change, steps=dict(change.steps)) for change in found]

    def _waiting_bytes(self) -> int:
        return sum(change.size() for layer in (self._writing, self._pending) for change in layer.values())

    def _remember(self, run: StoredRun) -> None:
        """Keep a run that is not over in mind, for the case that the file goes."""
        with self._lock:
            if run.status not in FINISHED:
                self._live[run.key] = run

    def _tell_again(self) -> None:
        """A new file has been begun: write into it what is not over."""
        with self._lock:
            for key, run in self._live.items():
                change = self._pending.setdefault(key, Change())
                change.asked = change.asked or run
        self.flush()

    def _write_soon(self) -> None:
        """Write now if nothing speaks against it."""
        if time.monotonic() >= self._retry_at:
            self.flush()

    def _refusal(self, key: str) -> StoreFull | None:
        """That records of this run had no room, said once."""
        with self._lock:
            return self._refused.pop(key, None)

    def _take(self) -> bool:
        """Whether there is something to write; what could not be written before comes first."""
        with self._lock:
            if not self._writing:
                self._writing, self._pending = self._pending, {}
            return bool(self._writing)

    def _write(self, database: Database) -> bool:
        """Write `_writing`; False where the log is too large already and somebody who has been reading for long keeps it so."""
        db = database.writer
        if database.log_size() > self._log_bytes:
            (busy, *_) = db.execute("pragma wal_checkpoint(truncate)").fetchone()
            if busy:
                return False
        db.execute("begin immediate")
        try:
            refused = self._apply(db)
            db.execute("commit")
        except BaseException:
            with suppress(sqlite3.Error):
                db.execute("rollback")
            raise
        with self._lock:
            self._writing = {}
            self._refused |= {key: self._full() for key in refused}
            self._full_disk = None
        return True

    def _apply(self, db: sqlite3.Connection) -> set[str]:
        """Write `_writing` within a transaction; the runs for which there was no room."""
        refused = set()
        for key, change in self._writing.items():
            if self._is_there(db, key) or not change.asked:
                change.write_run(db, key)
            elif not self._fits(db, key, change.write_run):
                refused.add(key)
        for key, change in self._writing.items():
            more = change.steps or change.kept
            if more and self._is_there(db, key) and not self._fits(db, key, change.write_rest):
                refused.add(key)
        make_room(db, self._comfortable)
        give_back(db, self._room)
        return refused

    @staticmethod
    def _is_there(db: sqlite3.Connection, key: str) -> bool:
        return db.execute("select 1 from runs where key = ?", (key,)).fetchone() is not None

    @property
    def _comfortable(self) -> int:
        """Bytes above which things are dropped. The last eighth is for runs other than the largest."""
        return self._room * 7 // 8

    def _fits(self, db: sqlite3.Connection, key: str, write: Callable[[sqlite3.Connection, str], None]) -> bool:
        """Write something of a run and make room for it; undone where that was not enough."""
        db.execute("savepoint one_run")
        write(db, key)
        fits = make_room(db, self._comfortable, spare=key) or (used(db) <= self._room and not is_largest(db, key))
        if not fits:
            db.execute("rollback to one_run")
        db.execute("release one_run")
        return fits

    def _full(self) -> StoreFull:
        return StoreFull("store_no_room", most=self.max_bytes / 2**20)

    def _tidy(self, db: sqlite3.Connection) -> None:
        """Within a transaction: make a file fit that has been written with a larger size."""
        make_room(db, self._comfortable)
        give_back(db, self._room)
