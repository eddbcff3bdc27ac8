"""`Refused`: a value that is not accepted, said in any language.

>>> problem = Refused("whole", low=8, high=512, given="7")
>>> str(problem)
"it should be a whole number from 8 to 512, not '7'"
>>> problem.said("zh") != str(problem)
True
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from resnet_viz.text import lesson

MOST_QUOTED = 60
"""Characters of what was given that a sentence repeats."""
_GIVEN = {"given", "part", "data", "groups", "width", "width_per_group"}
"""The values that were given; the others say what is accepted."""
_PLACES = {"file", "folder", "name", "other", "missing", "unexpected", "shapes", "where"}
"""What names something on this machine or inside a file."""


class Coded(Exception):
    """`code` names the sentence of text/<language>/<words>.md, `values` are what it quotes. The message is the English one."""

    words: ClassVar[str]

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)  # a copy is made from this and then gets the attributes
        self.code, self.values = code, values

    def __str__(self) -> str:
        return self.said("en")

    def said(self, language: str, quote: Callable[[str], str] | None = None) -> str:
        """The sentence in one of `text.LANGUAGES`.

        `quote` makes a text that others wrote fit for where the sentence is shown; without it, it stands between quotation marks.
        """
        values = dict(self.values)
        for name in _GIVEN & values.keys():
            values[name] = _shown(values[name], quote)
        if quote:
            for name in _PLACES & values.keys():
                values[name] = _Quoted(quote(str(values[name])))
        return lesson(self.words, language).say(self.code, **values)


class Refused(Coded, ValueError):
    """What was given, and what is accepted instead."""

    words = "refused"


class _Quoted(str):
    """A text that is quoted in its own way, also by `{name!r}`."""

    def __repr__(self) -> str:
        return str(self)


def _shown(value: object, quote: Callable[[str], str] | None) -> object:
    """What was given as a sentence takes it: no longer than is read, whatever it was.

    >>> _shown("x" * 100, None) == "x" * 59 + "…", _shown((3, 10**5000), None), _shown(17, None)
    (True, (3, 10^5000), 17)
    """
    if isinstance(value, bool | float) or (isinstance(value, int) and abs(value) < 10**MOST_QUOTED):
        return value
    text = value if isinstance(value, str) else _written(value)
    short = text if len(text) <= MOST_QUOTED else text[: MOST_QUOTED - 1] + "…"
    if quote:
        return _Quoted(quote(short))
    return short if isinstance(value, str) else _Quoted(short)


def _written(value: object) -> str:
    """`repr` but for numbers of thousands of digits, which Python does not write."""
    if isinstance(value, int) and abs(value) >= 10**MOST_QUOTED:
        return f"10^{int(value.bit_length() * 0.30103)}"
    if isinstance(value, tuple):
        return f"({', '.join(map(_written, value[:MOST_QUOTED]))}{',' * (len(value) == 1)})"
    return repr(value)
