"""Where classes are kept over a restart of the app: one SQLite file, a row a part of a class, each a line of JSON."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, NamedTuple

from resnet_viz.jobs.database import set_aside, what_failed
from resnet_viz.jobs.file_lock import FileLock
from resnet_viz.ui.classroom.classroom import Classroom, Member, View
from resnet_viz.ui.classroom.poll import Poll

log = logging.getLogger(__name__)
HEAD, MEMBERS, POLL = "head", "members", "poll:"
"""Parts of a class; a question's is followed by its name."""
_TABLE = "create table if not exists parts (code text, part text, said text not null, primary key (code, part)) without rowid"
_WAIT = 2.0
"""Seconds to wait for another process; nobody waits for the thread that writes."""


class ClassPart(NamedTuple):
    """One row."""

    code: str
    part: str


def parts_that_differ(before: Classroom | None, after: Classroom) -> set[ClassPart]:
    """The rows to write for a class that was `before`: a question that changes is another object."""
    changed = set() if before else {HEAD, MEMBERS}
    if before:
        changed |= {HEAD} if _head(before) != _head(after) else set()
        changed |= {MEMBERS} if _places(before) != _places(after) else set()
    known = before.polls if before else {}
    changed |= {POLL + name for name, poll in after.polls.items() if known.get(name) is not poll}
    return {ClassPart(after.code, part) for part in changed}


def _head(of: Classroom) -> dict[str, Any]:
    return {
        "teacher": of.teacher,
        "opened": of.opened,
        "view": list(of.view),
        "hidden": list(of.hidden),
        "runs": list(of.runs),
    }


def _places(of: Classroom) -> dict[str, tuple[object, ...]]:
    """Where each member is and what they have chosen; when they were heard of last is not worth a write every few seconds."""
    return {name: (member.page, member.follows, member.view) for name, member in of.members.items()}


def said(of: Classroom, part: str) -> str:
    """What stands in a row."""
    if part == HEAD:
        found: Any = _head(of)
    elif part == MEMBERS:
        found = {name: list(member) for name, member in of.members.items()}
    else:
        found = of.poll(part.removeprefix(POLL)).to_json()
    return json.dumps(found, separators=(",", ":"))


def read_class(code: str, rows: Mapping[str, str]) -> Classroom:
    """A class from its rows. Raises `ValueError`, `KeyError` or `TypeError` where they are not such."""
    head = json.loads(rows[HEAD])
    members = {name: Member(*member) for name, member in json.loads(rows.get(MEMBERS, "{}")).items()}
    polls = {part.removeprefix(POLL): Poll.from_json(json.loads(row)) for part, row in rows.items() if part.startswith(POLL)}
    view, hidden, runs = View(*head["view"]), tuple(head["hidden"]), tuple(head["runs"])
    return Classroom(code, head["teacher"], float(head["opened"]), members, polls, view, hidden, runs)


class ClassFile:
    """For one thread at a time. A file that cannot be read is renamed; one that cannot be written is tried again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = FileLock(path)

    def take(self) -> bool:
        """Whether no other app on this folder keeps its classes in the file, from now on."""
        return self._lock.take()

    def release(self) -> None:
        """Let another app have it."""
        self._lock.release()

    def read(self) -> list[Classroom]:
        """All classes. A row that is damaged costs its class."""
        try:
            with closing(self._open()) as db:
                rows = list(db.execute("select code, part, said from parts"))
        except (OSError, sqlite3.Error) as error:
            log.warning("classes cannot be read: %s", error)
            if what_failed(error) == "damaged":
                with suppress(OSError):
                    set_aside(self.path)
            return []
        return list(_classes(rows))

    def write(self, rows: Mapping[ClassPart, str], gone: Iterable[str]) -> bool:
        """Write rows and forget the classes `gone`; whether that was possible."""
        try:
            with closing(self._open()) as db, db:
                db.executemany("delete from parts where code = ?", [(code,) for code in gone])
                db.executemany("insert or replace into parts values (?, ?, ?)", [(*part, line) for part, line in rows.items()])
        except (OSError, sqlite3.Error) as error:
            log.debug("classes cannot be written: %s", error)
            return False
        return True

    def _open(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(self.path, timeout=_WAIT)
        try:
            db.execute("pragma secure_delete = on")  # what is forgotten is gone from the file too
            db.execute(_TABLE)
        except BaseException:
            db.close()
            raise
        return db


def _classes(rows: Iterable[tuple[str, str, str]]) -> Iterator[Classroom]:
    by_code: dict[str, dict[str, str]] = {}
    for code, part, line in rows:
        by_code.setdefault(code, {})[part] = line
    for code, parts in by_code.items():
        try:
            yield read_class(code, parts)
        except (ValueError, KeyError, TypeError) as error:
            log.warning("class %s cannot be read: %s", code, error)
