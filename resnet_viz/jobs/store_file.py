"""The file of a store over the time of an app: opened, repaired where it breaks, begun anew where it goes."""

from __future__ import annotations

import logging
import queue
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from resnet_viz.jobs.database import Database, Failure, set_aside, what_failed
from resnet_viz.refused import Refused

log = logging.getLogger(__name__)
T = TypeVar("T")


class StoreBusy(Refused):
    """The file cannot be read now, because another program keeps all others from it. Asking again may work."""


class StoreFile:
    """The `Database` of the moment: the file, a new one where it cannot be read, memory where it cannot be written.

    `tidy` is called within a transaction when the file has been opened, `begun_anew` after another one had to be begun.
    """

    def __init__(
        self, path: Path, log_bytes: int, tidy: Callable[[sqlite3.Connection], None], begun_anew: Callable[[], None]
    ) -> None:
        self.path, self._log_bytes, self._tidy, self._begun_anew = path, log_bytes, tidy, begun_anew
        self.problem: Refused | None = None
        self.generation = 0
        self.write_lock = threading.RLock()
        """Lock of the writing connection. Whoever holds it must not wait for `_opening`."""
        self._opening = threading.RLock()
        self.database: Database | None = self._open()

    def current(self) -> Database:
        """The database, a new one where the file has been removed or replaced."""
        database = self.database
        if database is None:
            with self._opening:
                self.database = self.database or self._open()
                return self.database
        if database.replaced():
            self._begin_anew(database)
        return self.database or database

    def read(self, question: Callable[[sqlite3.Connection], T]) -> T:
        """The answer to a question. Raises `StoreBusy`."""
        for _ in range(3):
            database = self.current()
            try:
                with database.reading() as db:
                    return question(db)
            except queue.Empty:
                continue
            except sqlite3.Error as error:
                if self.database is not database:
                    continue
                if what_failed(error) != "damaged":
                    raise StoreBusy("store_busy") from error
                self._begin_anew(database, damaged=True)
        raise StoreBusy("store_busy")

    def repair(self, database: Database, error: Exception) -> Failure:
        """After something could not be written: what failed. A file that is no longer of use is replaced."""
        failure = what_failed(error)
        if failure == "damaged":
            self._begin_anew(database, damaged=True)
        elif failure == "read_only":
            self._begin_anew(database, writable=database.replaced())
        return failure

    def close(self) -> None:
        """Close the file; the next use opens it again. What is in memory stays."""
        with self._opening:
            if self.database and self.database.path:
                self.database.close()
                self.database = None

    def _begin_anew(self, old: Database, *, damaged: bool = False, writable: bool = True) -> None:
        with self._opening:
            if self.database is not old:
                return  # another thread was quicker
            damaged = damaged and not old.replaced()  # else another app has set it aside already
            old.close()
            self.problem = Refused("store_lost", file=self.path.name)
            log.warning("%s was removed, replaced or damaged", self.path)
            self.database = self._open(damaged=damaged, writable=writable)
            self.generation += 1
        self._begun_anew()

    def _open(self, *, damaged: bool = False, writable: bool = True) -> Database:
        for _ in range(2 if writable else 0):
            try:
                if damaged:
                    aside = set_aside(self.path)
                    self.problem = Refused("store_set_aside", file=aside.name)
                    log.warning("%s cannot be read and is now %s", self.path, aside)
                return self._opened()
            except (sqlite3.Error, OSError) as error:
                log.warning("%s: %s", self.path, error)
                damaged = what_failed(error) == "damaged"
                if not damaged:
                    break
        self.problem = Refused("store_read_only", file=self.path.name)
        return Database(None, self._log_bytes, self.write_lock)

    def _opened(self) -> Database:
        database = Database(self.path, self._log_bytes, self.write_lock)
        db = database.writer
        try:
            with self.write_lock, suppress(sqlite3.OperationalError):  # others use it: the next start does this
                db.execute("begin immediate")
                try:
                    self._tidy(db)
                    db.execute("commit")
                except BaseException:
                    db.execute("rollback")
                    raise
                database.compact()
        except BaseException:
            database.close()
            raise
        return database
