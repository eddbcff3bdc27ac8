"""`Refused`: a value that is not accepted, said in any language.

>>> problem = Refused("whole", low=8, high=512, given="7")
>>> str(problem)
"a whole number from 8 to 512, got '7'"
>>> problem.said("zh") != str(problem)
True
"""

from __future__ import annotations

from typing import ClassVar

from resnet_viz.text import lesson


class Coded(Exception):
    """`code` names the sentence of text/<language>/<words>.md, `values` are what it quotes. The message is the English one."""

    words: ClassVar[str]

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)  # a copy is made from this and then gets the attributes
        self.code, self.values = code, values

    def __str__(self) -> str:
        return self.said("en")

    def said(self, language: str) -> str:
        """The sentence in one of `text.LANGUAGES`."""
        return lesson(self.words, language).say(self.code, **self.values)


class Refused(Coded, ValueError):
    """What was given, and what is accepted instead."""

    words = "refused"
