"""`Study`: an experiment of many parts. What workers are asked for, what their answers say, and what was recorded of it.

>>> class Squares(Study[int, int]):
...     calls = (1, 2, 3)
...     def assemble(self, results):
...         return sum(found or 0 for found in results)
...     def recorded(self):
...         return 14
>>> squares = Squares()
>>> squares.assemble([n * n for n in squares.calls]) == squares.recorded()
True
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import lru_cache
from itertools import zip_longest
from typing import Any, Generic, TypeVar

Part = TypeVar("Part")
"""What is asked for: a `Call` of a function, or an `Experiment` to be trained."""
Found = TypeVar("Found", covariant=True)
"""What all answers together say."""


class Study(ABC, Generic[Part, Found]):
    """An experiment that is measured here on demand and shown from a recording until then."""

    @property
    @abstractmethod
    def calls(self) -> Sequence[Part]:
        """The parts, those first whose answers are wanted first."""

    @abstractmethod
    def assemble(self, results: Sequence[Any]) -> Found:
        """What the answers say, in the order of `calls`, as far as they are there: None stands for one that is not."""

    @abstractmethod
    def recorded(self) -> Found:
        """What was recorded of it. Raises `KeyError` where nothing was."""


@lru_cache(maxsize=8)
def in_turns(*studies: Study[Any, Any]) -> tuple[tuple[int, Any], ...]:
    """The parts of several studies, one of each in turn so that they grow together; each with the index of its study."""
    own = [[(index, part) for part in study.calls] for index, study in enumerate(studies)]
    return tuple(pair for turn in zip_longest(*own) for pair in turn if pair)


def assemble_each(studies: Sequence[Study[Any, Found]], results: Sequence[Any]) -> list[Found]:
    """What each study found, from the answers to `in_turns(*studies)`."""
    turns = in_turns(*studies)
    own = [[found for (index, _), found in zip(turns, results, strict=True) if index == n] for n in range(len(studies))]
    return [study.assemble(found) for study, found in zip(studies, own, strict=True)]
