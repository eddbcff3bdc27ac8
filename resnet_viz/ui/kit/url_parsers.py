"""What lessons make their parameters of: readers of a link's texts, which say what is accepted where they refuse."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from resnet_viz.refused import Refused
from resnet_viz.ui.kit.url_state import Param

T = TypeVar("T")


@dataclass(frozen=True)
class Whole:
    """A whole number between two bounds, both of which are accepted."""

    low: int
    high: int

    def __call__(self, text: str) -> int:
        """
        >>> Whole(8, 512)("064")
        64
        """
        digits = text.lstrip("0") or text[-1:]
        in_digits = text.isascii() and text.isdigit() and len(digits) <= len(str(self.high))
        if not in_digits or not self.low <= int(digits) <= self.high:
            raise Refused("whole", low=self.low, high=self.high, given=text)
        return int(digits)


@dataclass(frozen=True)
class OneOf(Generic[T]):
    """One of a few values, by the text of each."""

    values: Mapping[str, T]

    def __call__(self, text: str) -> T:
        if text not in self.values:
            raise Refused("one_of", words=", ".join(self.values), given=text)
        return self.values[text]


def choice(
    name: str,
    options: Sequence[T],
    default: T | None = None,
    dump: Callable[[T], str] = str,
    formerly: Mapping[str, Callable[[str], str]] | None = None,
) -> Param[T]:
    """A parameter with a few values, of which the first is the default if none is named."""
    reader = OneOf({dump(option): option for option in options})
    return Param(name, reader, options[0] if default is None else default, dump, tuple(options), formerly or {})


def same(text: str) -> str:
    """What an older link says under another name is written as it is today."""
    return text


def dotted(numbers: tuple[int, ...]) -> str:
    """
    >>> dotted((64, 56, 56))
    '64.56.56'
    """
    return ".".join(map(str, numbers))


def place(text: str) -> tuple[int, int, int]:
    """Three whole numbers.

    >>> place("2.3.5")
    (2, 3, 5)
    """
    if not re.fullmatch(r"\d{1,5}(\.\d{1,5}){2}", text, re.ASCII):
        raise Refused("place", given=text)
    first, second, third = map(int, text.split("."))
    return first, second, third


def module_name(text: str) -> str:
    """A module's name, as far as one can tell without the network."""
    if not re.fullmatch(r"[\w.-]{0,60}", text, re.ASCII):
        raise Refused("name", given=text)
    return text


def stage_names(text: str) -> tuple[str, ...]:
    """Names of stages, joined by dots; sorted, each once."""
    names = tuple(text.split(".")) if text else ()
    if not all(re.fullmatch(r"layer[\w-]{0,20}", name, re.ASCII) for name in names) or len(text) > 200:
        raise Refused("names", given=text)
    return names


MOST_SECTIONS = 60
"""More than all pages have together: older links name sections of other pages too."""


def sections(text: str) -> tuple[str, ...]:
    """Names of sections of a page, joined by dots; those that a page has not open nothing.

    >>> sections("sweep.paper")
    ('sweep', 'paper')
    """
    names = tuple(dict.fromkeys(text.split("."))) if text else ()
    if len(names) > MOST_SECTIONS or not all(re.fullmatch(r"[a-z_]{1,24}", name, re.ASCII) for name in names):
        raise Refused("sections", given=text)
    return names
