"""One class as a value: its members, its questions, where its teacher is, and what is hidden."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Self

from resnet_viz.refused import Refused
from resnet_viz.ui.classroom.poll import SHOWN, Poll

ALPHABET = "ACEFHJKLMPRTWXY34679"
"""What codes are made of: no two of these look or sound alike."""
LENGTH = 5
MOST_MEMBERS, MOST_POLLS, MOST_RUNS = 400, 100, 6
PRESENT = 60.0
"""Seconds after a browser was heard of last in which its member counts as here; it is heard of every few seconds."""
LONGEST_LINK = 2_000
HIDEABLE = ("controls", "answers", "prose")
_QUESTION = re.compile(r"[a-z]{1,20}\.[a-z0-9_]{1,60}", re.ASCII)


class Member(NamedTuple):
    """Somebody in the class."""

    page: str
    """Where they are."""
    seen: float
    """When they were heard of last, in seconds since 1970."""
    follows: bool = False
    """Whether they go where the teacher brings everybody, without being asked."""
    view: int = 0
    """Where the teacher has brought everybody, by its number, as far as this member has gone along or has not wanted to."""


class View(NamedTuple):
    """Where the teacher has brought everybody."""

    number: int = 0
    """Of the times that the teacher has done so."""
    page: str = ""
    link: str = ""
    """The view's query, without a language."""


NOWHERE = View()
"""Before the teacher has brought anybody anywhere."""

UNTOUCHED = Poll()
"""Of a question with which nobody has done anything."""


def new_code(first: str = "") -> str:
    """Short, and easily read out; it begins with `first`."""
    return first + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - len(first)))


def read_code(text: str) -> str:
    """A code as somebody types it: small letters, spaces and hyphens do not matter. Raises `Refused`.

    >>> read_code(" k3-9 ta")
    'K39TA'
    """
    code = re.sub(r"[\s-]", "", text[:40]).upper()
    if len(code) != LENGTH or not code.isalnum() or not code.isascii():
        raise Refused("class_code", letters=LENGTH, example="K39TA", given=text)
    if foreign := [each for each in code if each not in ALPHABET]:
        raise Refused("class_letters", never=", ".join(dict.fromkeys(foreign)), given=text)
    return code


def digest(secret: str) -> str:
    """What is kept of a teacher's key or a browser's name: it tells whether one is the same, and nothing else."""
    return hashlib.sha256(secret.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Classroom:
    """Methods return what the class becomes; it is itself where nothing changes. `Refused` where there is no more room."""

    code: str
    teacher: str
    """Digest of the teacher's key."""
    opened: float
    """Seconds since 1970."""
    members: Mapping[str, Member] = field(default_factory=dict)
    """By the digest of a browser's name."""
    polls: Mapping[str, Poll] = field(default_factory=dict)
    """By `page.key`."""
    view: View = NOWHERE
    hidden: tuple[str, ...] = ()
    """Of `HIDEABLE`."""
    runs: tuple[str, ...] = ()
    """The class's board: experiments as text."""

    def heard(self, member: str, page: str, now: float) -> Self:
        """A member is at `page`; one who was not in the class joins it."""
        if member not in self.members and len(self.members) >= MOST_MEMBERS:
            raise Refused("class_full", most=MOST_MEMBERS)
        one = self.members.get(member, Member(page, now))
        return replace(self, members={**self.members, member: one._replace(page=page, seen=now)})

    def noted(self, member: str, *, follows: bool | None = None, view: int | None = None) -> Self:
        """What a member has chosen of these; None is as before."""
        one = self.members.get(member)
        if one is None:
            return self
        chosen = one._replace(
            follows=one.follows if follows is None else follows, view=one.view if view is None else max(one.view, view)
        )
        return replace(self, members={**self.members, member: chosen})

    def left(self, member: str) -> Self:
        """A member has gone; what they answered stays counted."""
        return replace(self, members={name: one for name, one in self.members.items() if name != member})

    def present(self, now: float) -> list[str]:
        """The members who are here."""
        return [name for name, one in self.members.items() if now - one.seen <= PRESENT]

    def where(self, now: float) -> Counter[str]:
        """How many are at each page."""
        return Counter(self.members[name].page for name in self.present(now))

    def expected(self, question: str, now: float) -> int:
        """How many may answer a question: who is here, and who has answered and left; but for those who have only looked."""
        votes = self.poll(question).votes
        return len({one for one in (*self.present(now), *votes) if votes.get(one) != SHOWN})

    def poll(self, question: str) -> Poll:
        """How a question stands, `page.key`."""
        return self.polls.get(question, UNTOUCHED)

    def with_poll(self, question: str, poll: Poll) -> Self:
        """The class with one question as it has become."""
        if poll is self.poll(question):
            return self
        if not _QUESTION.fullmatch(question) or (question not in self.polls and len(self.polls) >= MOST_POLLS):
            raise Refused("class_questions", most=MOST_POLLS)
        return replace(self, polls={**self.polls, question: poll})

    def voted(self, question: str, member: str, option: int) -> Self:
        """A member's answer; nobody else's counts."""
        return self.with_poll(question, self.poll(question).vote(member, option)) if member in self.members else self

    def brought(self, page: str, link: str) -> Self:
        """The teacher brings everybody to a view."""
        if len(link) > LONGEST_LINK:
            raise Refused("too_long", most=LONGEST_LINK, given=len(link))
        return replace(self, view=View(self.view.number + 1, page, link))

    def hiding(self, hidden: Iterable[str]) -> Self:
        """What the class does not see from now on."""
        wanted = {*hidden}
        return replace(self, hidden=tuple(name for name in HIDEABLE if name in wanted))

    def running(self, runs: Iterable[str]) -> Self:
        """What is on the class's board."""
        return replace(self, runs=tuple(runs)[-MOST_RUNS:])
