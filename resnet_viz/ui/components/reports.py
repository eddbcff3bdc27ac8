"""What the browser reports of a component, read as a link is read: anybody may send anything.

`shared/report.js` sends under a name `[[number, value], …]`: the newest value, or the last ones where each counts. The numbers
make the same value count twice when it comes twice, and the server answers with the one it has heard, so that the browser knows
whether what it is given already follows from what it has reported. A report of another form is left out in silence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Generic, NamedTuple, TypeVar

import streamlit as st

T = TypeVar("T")
Reader = Callable[[object], T | None]
"""Turns what a browser has sent into a value, or into None where it is not one."""

LONGEST_QUEUE = 16
MOST_CALLS = 32
"""Reports that are heard between two runs of a page: a page in a hurry is run anew before it has drawn its components."""
_LARGEST_NUMBER = 2**53


class Report(NamedTuple, Generic[T]):
    """What a component may report under one name: how to read it, and what to do with it before the page runs again."""

    read: Reader[T]
    take: Callable[[T], None]


class Trigger(NamedTuple, Generic[T]):
    """A report that is too large to be kept: it is sent once, without a number, by `setTriggerValue`."""

    read: Reader[T]
    take: Callable[[T], None]


def mount(
    component: Callable[..., Any],
    key: str,
    data: Mapping[str, object],
    *,
    answer: bool = True,
    **reports: Report[Any] | Trigger[Any],
) -> None:
    """Show a component that reports. Every report is read here, and here only.

    With `answer=False` the component is not told what has been heard: for one whose large data would travel again with every
    answer, and which keeps its own state.
    """
    given = {**data, "heard": max((n for numbers in _heard(key).values() for n in numbers), default=0)} if answer else data
    callbacks = {f"on_{name}_change": _listener(key, name, report) for name, report in reports.items()}
    component(key=key, data=given, **callbacks)


def _heard(key: str) -> dict[str, tuple[int, ...]]:
    """The numbers of the reports that came last, by name."""
    found: dict[str, tuple[int, ...]] = st.session_state.get(f"{key}_heard", {})
    return found


def _sent(key: str, name: str) -> object:
    state = st.session_state.get(key)
    return state.get(name) if isinstance(state, Mapping) else None


def _listener(key: str, name: str, report: Report[Any] | Trigger[Any]) -> Callable[[], None]:
    """What Streamlit calls for a report, until the component is mounted again.

    It is called once for every event of a message, and a forged message may have a million, each of which would read all of them.
    """
    calls, last = 0, None

    def hear() -> None:
        nonlocal calls, last
        calls += 1
        if calls > MOST_CALLS:
            return
        if isinstance(report, Report):
            news = _news(key, name)
        else:
            sent = _sent(key, name)
            news, last = [] if sent is last else [sent], sent  # the same object is the same message's
        for sent in news:
            value = report.read(sent)
            if value is not None:
                report.take(value)

    return hear


def _news(key: str, name: str) -> list[object]:
    """The values under a name that have not been heard before. From now on they have been."""
    queue, before = read_queue(_sent(key, name)), _heard(key)
    st.session_state[f"{key}_heard"] = {**before, name: tuple(number for number, _ in queue)}
    return [value for number, value in queue if number not in before.get(name, ())]


def read_queue(sent: object) -> list[tuple[int, object]]:
    """The numbered values of a report; empty where it is not one."""
    if not isinstance(sent, list) or len(sent) > LONGEST_QUEUE:
        return []
    number = whole(1, _LARGEST_NUMBER)
    found = [(number(each[0]), each[1]) if isinstance(each, list) and len(each) == 2 else (None, None) for each in sent]
    good = [(n, value) for n, value in found if n is not None]
    return good if len(good) == len(found) else []


# Readers


def flag(sent: object) -> bool | None:
    """True or false.

    >>> flag(True), flag(1)
    (True, None)
    """
    return sent if isinstance(sent, bool) else None


def whole(low: int, high: int) -> Reader[int]:
    """A whole number between two ends.

    >>> read = whole(0, 9)
    >>> read(9), read(3.0), read(10), read(-1), read(True), read("3")
    (9, 3, None, None, None, None)
    """

    def read(sent: object) -> int | None:
        if isinstance(sent, bool) or not isinstance(sent, int | float) or not low <= sent <= high or sent != int(sent):
            return None
        return int(sent)

    return read


def real(low: float, high: float) -> Reader[float]:
    """A finite number between two ends.

    >>> read = real(-3, 3)
    >>> read(2), read(-0.5), read(3.1), read(float("nan"))
    (2.0, -0.5, None, None)
    """

    def read(sent: object) -> float | None:
        if isinstance(sent, bool) or not isinstance(sent, int | float) or not low <= sent <= high:  # NaN is not between them
            return None
        return float(sent)

    return read


def text(pattern: str, longest: int) -> Reader[str]:
    """A text of at most `longest` ASCII characters that a regular expression matches whole.

    >>> read = text("[a-z]+", 5)
    >>> read("cat"), read("catfish"), read("Cat"), read(3)
    ('cat', None, None, None)
    """
    compiled = re.compile(pattern, re.ASCII)

    def read(sent: object) -> str | None:
        return sent if isinstance(sent, str) and len(sent) <= longest and compiled.fullmatch(sent) else None

    return read


def several(read: Reader[T], least: int, most: int) -> Reader[tuple[T, ...]]:
    """A list of `least` to `most` values, each of which `read` takes.

    >>> read = several(whole(0, 9), 1, 2)
    >>> read([1, 2]), read([]), read([1, 2, 3]), read([1, "2"])
    ((1, 2), None, None, None)
    """

    def read_all(sent: object) -> tuple[T, ...] | None:
        if not isinstance(sent, list) or not least <= len(sent) <= most:
            return None
        values = tuple(value for value in map(read, sent) if value is not None)
        return values if len(values) == len(sent) else None

    return read_all


def fields(**readers: Reader[Any]) -> Reader[dict[str, Any]]:
    """An object with exactly these fields.

    >>> read = fields(row=whole(0, 9))
    >>> read({"row": 2}), read({}), read({"row": 2, "more": 1})
    ({'row': 2}, None, None)
    """

    def read(sent: object) -> dict[str, Any] | None:
        if not isinstance(sent, dict) or sent.keys() != readers.keys():
            return None
        values = {name: reader(sent[name]) for name, reader in readers.items()}
        return None if None in values.values() else values

    return read


NAME = text(r"[\w.-]*", 60)
"""A code or the name of a module, as links carry it."""
