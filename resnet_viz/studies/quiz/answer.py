"""What a question is answered with, and which questions a claim's measurement answers."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple


class Answer(NamedTuple):
    """A question's options as plain values, and what was found."""

    options: tuple[Any, ...]
    right: int
    """The index of the right option."""
    numbers: Mapping[str, Any]
    """What the sentence with the answer may name."""


class QuizEntry(NamedTuple):
    """One question."""

    name: str
    """`<lesson>_<topic>`: its function's name."""
    claim: str
    """The claim whose finding `find` is given; empty where it measures by itself."""
    find: Callable[..., Answer]
    """Finds the right option."""
    counted: bool
    """Whether it follows from the network's shapes alone, so that nothing is measured."""


def question(claim: str = "", *, counted: bool = False) -> Callable[[Callable[..., Answer]], QuizEntry]:
    """Makes a question of the function that finds its right option; with a `claim`, of that claim's finding.
    `counted` says that it counts and measures nothing."""

    def made(find: Callable[..., Answer]) -> QuizEntry:
        return QuizEntry(find.__name__, claim, find, counted)

    return made


def nearest(value: float, options: Sequence[float]) -> int:
    """The index of the option with the smallest ratio to a positive value.

    >>> nearest(0.94, (1 / 17, 1, 4))
    1
    """
    return min(range(len(options)), key=lambda i: abs(math.log(value / options[i])))


def exactly(value: Any, options: tuple[Any, ...], numbers: Mapping[str, Any]) -> Answer:
    """The answer where the value found is one of the options. Raises `ValueError` where it is none."""
    return Answer(options, options.index(value), numbers)
