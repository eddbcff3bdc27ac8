"""A question in a class, as a value: whether it is asked, and who has chosen what in each round."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple, Self

State = Literal["free", "asked", "revealed"]
SHOWN = -1
"""Said in place of an option by somebody who only wanted to see: it is no answer, and none is counted after it."""
MOST_ROUNDS, MOST_OPTIONS = 4, 8
LONGEST = 300
"""Characters of a question or an option that are kept."""


class Wording(NamedTuple):
    """A question as the teacher read it."""

    ask: str = ""
    options: tuple[str, ...] = ()
    right: int | None = None
    """None until the answer has been measured."""

    def bounded(self) -> Wording:
        """The same, cut where it is too long."""
        return Wording(self.ask[:LONGEST], tuple(option[:LONGEST] for option in self.options[:MOST_OPTIONS]), self.right)


UNREAD = Wording()
"""Of a question that the teacher has not been at."""


@dataclass(frozen=True)
class Poll:
    """Methods return what the question becomes; it is itself where nothing changes."""

    state: State = "free"
    """`free`: everybody answers in their own time and sees the result. `asked`: the class votes, and no result is shown.
    `revealed`: the result and the class's answers are shown."""
    rounds: tuple[Mapping[str, int], ...] = ({},)
    """Option by member, a round each. The last is the one that goes on."""
    resets: int = 0
    """How often it was begun anew."""
    wording: Wording = UNREAD

    @property
    def votes(self) -> Mapping[str, int]:
        """Of the round that goes on."""
        return self.rounds[-1]

    @property
    def answered(self) -> int:
        """How many have chosen an option in this round."""
        return sum(option != SHOWN for option in self.votes.values())

    @property
    def is_untouched(self) -> bool:
        """Whether nobody has done anything with it."""
        return self.state == "free" and not self.votes and not self.resets

    @property
    def stage(self) -> str:
        """What a page must be drawn anew for: the state, the round, and how often it was begun. Votes do not count.

        >>> Poll().vote("a", 1).stage, Poll().asked().stage
        ('free.1.0', 'asked.1.0')
        """
        return f"{self.state}.{len(self.rounds)}.{self.resets}"

    def vote(self, member: str, option: int) -> Self:
        """Count an answer: the first of a member and round, while one may answer."""
        closed = self.state == "revealed" or (self.state == "asked" and option == SHOWN)
        if member in self.votes or closed or not SHOWN <= option < MOST_OPTIONS:
            return self
        return replace(self, rounds=(*self.rounds[:-1], {**self.votes, member: option}))

    def asked(self) -> Self:
        """The teacher asks it. Who has answered in their own time has answered; later, one more round begins, up to the last and
        not before somebody has answered: the class has talked, and votes anew."""
        if self.state == "free":
            return replace(self, state="asked")
        is_begun = self.state == "asked" and not self.answered
        return self if is_begun or len(self.rounds) >= MOST_ROUNDS else replace(self, state="asked", rounds=(*self.rounds, {}))

    def revealed(self) -> Self:
        """Show what is right and what the class has chosen."""
        return replace(self, state="revealed")

    def worded(self, wording: Wording) -> Self:
        """The question as the teacher reads it."""
        told = wording.bounded()
        return self if told == self.wording else replace(self, wording=told)

    def reset(self) -> Self:
        """Begin anew, as if nobody had answered."""
        return replace(self, state="free", rounds=({},), resets=self.resets + 1)

    def counts(self) -> tuple[tuple[int, ...], ...]:
        """How many chose each option, round by round.

        >>> Poll(wording=Wording("?", ("yes", "no"))).vote("a", 1).vote("b", 1).vote("a", 0).counts()
        ((0, 2),)
        """
        chosen = [list(votes.values()) for votes in self.rounds]
        most = max((option + 1 for votes in chosen for option in votes), default=0)
        length = max(len(self.wording.options), most)
        return tuple(tuple(votes.count(option) for option in range(length)) for votes in chosen)

    def to_json(self) -> dict[str, Any]:
        """What `from_json` reads."""
        rounds = [dict(votes) for votes in self.rounds]
        return {"state": self.state, "rounds": rounds, "resets": self.resets, "wording": list(self.wording)}

    @classmethod
    def from_json(cls, read: Mapping[str, Any]) -> Self:
        """The question as it was written."""
        ask, options, right = read["wording"]
        return cls(read["state"], tuple(read["rounds"]), read["resets"], Wording(ask, tuple(options), right))
