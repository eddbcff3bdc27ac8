"""All classes of this app: who may do what in which, and what is told to whom when one changes."""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from collections.abc import Callable, Iterable
from functools import partial

from resnet_viz.refused import Refused
from resnet_viz.ui.classroom.class_file import ClassFile, ClassPart, parts_that_differ, said
from resnet_viz.ui.classroom.classroom import Classroom, digest, new_code
from resnet_viz.ui.classroom.replica import replica
from resnet_viz.ui.classroom.wrong_tries import WrongTries

MOST_CLASSES = 50
DAY = 86_400.0
"""Seconds after which a class is gone."""
WRITE_EVERY, SWEEP_EVERY = 1.0, 3_600.0
"""Seconds between two writes, at least, for a class that votes; and between two looks for what is a day old."""
AGAIN = 1.0
"""Seconds after which a file that another app has is asked for again."""

MOST_WRONG, MOST_WRONG_OF_ALL = 10, 100
"""Codes of no class that one browser may say within a minute, and all browsers together: there are 3 million."""

Change = Callable[[Classroom], Classroom]
Tell = Callable[[str, Iterable[str]], None]
"""(code, pages): there is news of a class for those who are at one of these pages, and for its teacher."""


def require_teacher(found: Classroom | None, key: str) -> Classroom:
    """The class that `key` opens; every act of a teacher comes through here. Raises `Refused`."""
    if found is None or not key or not hmac.compare_digest(found.teacher, digest(key)):
        raise Refused("not_teacher")
    return found


def pages_of(found: Classroom) -> set[str]:
    """Where its members are, or were when they were heard of last."""
    return {member.page for member in found.members.values()}


class Register:
    """Methods may be called from any thread and never wait for the file.

    Of several apps on one folder one has the file. The others have no classes, and say so, until it ends.
    """

    def __init__(self, file: ClassFile, tell: Tell = lambda _code, _pages: None, clock: Callable[[], float] = time.time) -> None:
        self._file, self._tell, self._clock = file, tell, clock
        self._lock = threading.Lock()
        self._classes: dict[str, Classroom] = {}
        self._of_member: dict[str, str] = {}
        self._unwritten: set[ClassPart] = set()
        self._gone: set[str] = set()
        self._due, self._closing = threading.Event(), threading.Event()
        self._writer: threading.Thread | None = None
        self._wrong = WrongTries(MOST_WRONG, MOST_WRONG_OF_ALL, clock)
        self._has_file, self._asked = False, -AGAIN
        self._is_ours()

    def _is_ours(self) -> bool:
        """Whether this app has the file. Where another has it, it is asked for again at most once a second."""
        if self._has_file or self._clock() - self._asked < AGAIN:
            return self._has_file
        with self._lock:
            self._asked = self._clock()
            if not self._has_file and self._file.take():
                self._has_file = True
                read = self._file.read()
                self._classes = {found.code: found for found in read if self._lives(found)}
                self._of_member = {member: found.code for found in self._classes.values() for member in found.members}
                self._gone = {found.code for found in read} - self._classes.keys()
                if read:
                    self._wake()
        return self._has_file

    def now(self) -> float:
        """Seconds since 1970."""
        return self._clock()

    def find(self, code: str) -> Classroom | None:
        """A class as it is now; None where there is none, or none any more."""
        found = self._classes.get(code)
        if found and not self._lives(found):
            self._forget(code)
            return None
        return found

    def taught_by(self, key: str) -> Classroom | None:
        """The class of a teacher's key."""
        if not key or not self._is_ours():
            return None
        whose = digest(key)
        return next((self.find(one.code) for one in list(self._classes.values()) if one.teacher == whose), None)

    def joined_by(self, member: str) -> Classroom | None:
        """The class that a member is in."""
        code = self._of_member.get(member, "") if self._is_ours() else ""
        found = self.find(code)
        return found if found and member in found.members else None

    def open(self) -> tuple[Classroom, str]:
        """A new class and the key of its teacher, which is kept nowhere.

        Where there are too many the oldest without a member is forgotten: anybody may open classes for nothing. Raises `Refused`.
        """
        if not self._is_ours():
            raise Refused("classes_elsewhere")
        key = secrets.token_urlsafe(32)
        self._sweep()
        if len(self._classes) >= MOST_CLASSES:
            self._forget(next((found.code for found in list(self._classes.values()) if not found.members), ""))
        with self._lock:
            if len(self._classes) >= MOST_CLASSES:
                raise Refused("classes_full", most=MOST_CLASSES)
            code = next(code for code in iter(partial(new_code, replica()), "") if code not in self._classes)
            made = self._classes[code] = Classroom(code, digest(key), self._clock())
            self._keep(None, made)
        return made, key

    def join(self, code: str, member: str, page: str) -> Classroom:
        """Take somebody into a class, and out of the one where they were. Raises `Refused`; after many wrong codes for any."""
        if not self._is_ours():
            raise Refused("classes_elsewhere")
        if self._of_member.get(member) != code:
            if self._wrong.are_too_many(member):
                raise Refused("class_later")
            if self.find(code) is None:
                self._wrong.add(member)
                raise Refused("no_class", given=code)
        joined = self._change(code, lambda found: found.heard(member, page, self._clock()), "")
        with self._lock:
            before = self._of_member.get(member, code)
            if code in self._classes:
                self._of_member[member] = code
        if before != code and before in self._classes:
            self._change(before, lambda found: found.left(member), "")
        return joined

    def heard(self, code: str, member: str, page: str) -> None:
        """A member of the class is at `page`, still or again."""
        found = self.find(code)
        if found is None or member not in found.members:
            return
        now, one = self._clock(), found.members[member]
        is_news = one.page != page or member not in found.present(now)
        self._change(code, lambda old: old.heard(member, page, now) if member in old.members else old, page if is_news else None)

    def note(self, code: str, member: str, *, follows: bool | None = None, view: int | None = None) -> None:
        """What a member has chosen of these; None is as before."""
        if self.find(code):
            self._change(code, lambda found: found.noted(member, follows=follows, view=view))

    def leave(self, member: str) -> None:
        """Somebody leaves their class."""
        with self._lock:
            code = self._of_member.pop(member, "")
        if code in self._classes:
            self._change(code, lambda found: found.left(member), "")

    def vote(self, code: str, question: str, member: str, option: int) -> None:
        """A member's answer to `page.key`, where it counts."""
        self._change(code, lambda found: found.voted(question, member, option), question.partition(".")[0])

    def act(self, code: str, key: str, change: Change, page: str = "") -> Classroom:
        """What a teacher does to their class. Raises `Refused` for anybody else, and where the class's bounds are reached."""
        return self._change(code, lambda found: change(require_teacher(found, key)), page)

    def close_class(self, code: str, key: str) -> None:
        """The class is over, and everything that was known of it is gone. Raises `Refused` for anybody but its teacher."""
        require_teacher(self.find(code), key)
        self._forget(code)

    def close(self) -> None:
        """Write what has not been written, and end the thread that writes."""
        self._closing.set()
        self._due.set()
        if self._writer:
            self._writer.join(20)
        if self._has_file:
            self.write()
            self._has_file, self._asked = False, float("inf")
            self._file.release()

    def write(self) -> bool:
        """Bring the file up to date; whether it is."""
        with self._lock:
            parts, self._unwritten = self._unwritten, set()
            gone, self._gone = self._gone, set()
            rows = {part: self._classes[part.code] for part in parts if part.code in self._classes}
        done = not (rows or gone) or self._file.write({part: said(of, part.part) for part, of in rows.items()}, gone)
        if not done:
            with self._lock:
                self._unwritten |= parts
                self._gone |= gone
        return done

    def _lives(self, found: Classroom) -> bool:
        return self._clock() - found.opened < DAY

    def _change(self, code: str, change: Change, page: str | None = None) -> Classroom:
        """Put the class that `change` makes in place of the one there is. `page` is told; "" is all pages, None is none."""
        self.find(code)
        with self._lock:
            before = self._classes.get(code)
            if before is None:
                raise Refused("no_class", given=code)
            after = self._classes[code] = change(before)
            if after is not before:
                self._keep(before, after)
        if page is not None and after is not before:
            self._tell(code, [page] if page else pages_of(after))
        return after

    def _sweep(self) -> None:
        for code in list(self._classes):
            self.find(code)

    def _forget(self, code: str) -> None:
        with self._lock:
            found = self._classes.pop(code, None)
            if found is None:
                return
            self._gone.add(code)
            self._of_member = {member: where for member, where in self._of_member.items() if where != code}
            self._wake()
        self._tell(code, pages_of(found))

    def _keep(self, before: Classroom | None, after: Classroom) -> None:
        """Under the lock: what is to be written, by a thread that starts with the first class."""
        self._unwritten |= parts_that_differ(before, after)
        self._wake()

    def _wake(self) -> None:
        if self._writer is None and not self._closing.is_set():
            self._writer = threading.Thread(target=self._write_on, name="classes", daemon=True)
            self._writer.start()
        self._due.set()

    def _write_on(self) -> None:
        while not self._closing.is_set():
            self._due.wait(SWEEP_EVERY)
            self._due.clear()
            self._sweep()
            if not self.write():
                self._due.set()
            self._closing.wait(WRITE_EVERY)
