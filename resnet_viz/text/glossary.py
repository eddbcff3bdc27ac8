"""The glossary: one sentence for each word of the trade, and the prose in which such words are marked."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from resnet_viz.text import lesson

_UNTOUCHED = re.compile(
    r"```.*?```|`[^`\n]*`|\$\$.*?\$\$|\$[^$\n]*\$|\[[^\]]*\]\([^)]*\)|<[^>]*>|^#[^\n]*", re.DOTALL | re.MULTILINE
)
"""Code, formulas, links, tags and headings: no word in them is marked."""


class GlossaryTerm(NamedTuple):
    """A word of the trade."""

    key: str
    words: tuple[str, ...]
    """All forms in which it stands in a text."""
    meaning: str


@lru_cache
def glossary(language: str) -> tuple[GlossaryTerm, ...]:
    """All terms: the labels of text/<language>/glossary.md, each `key: form, form | meaning`.

    >>> glossary("en")[0].words[0]
    'convolution'
    """
    found = []
    for key, text in lesson("glossary", language).labels.items():
        words, _, meaning = text.partition(" | ")
        found.append(GlossaryTerm(key, tuple(word.strip() for word in re.split("[,、]", words)), meaning.strip()))
    return tuple(found)


def marked(markdown: str, terms: Sequence[GlossaryTerm]) -> tuple[str, list[str]]:
    """The Markdown with the first mention of each term explained on hover, focus and tap, as HTML in it; and the keys of those.

    Code, formulas, links and headings stay as they are.

    >>> marked("A `stem` and a stem.", [GlossaryTerm("stem", ("stem",), "First layers.")])[1]
    ['stem']
    """
    key_of = {word: term.key for term in terms for word in term.words}
    meaning_of = {term.key: term.meaning for term in terms}
    if not key_of:
        return markdown, []
    pattern = re.compile("|".join(map(_whole_word, sorted(key_of, key=len, reverse=True))))
    found: list[str] = []

    def explain(match: re.Match[str]) -> str:
        key = key_of[match[0]]
        if key in found:
            return match[0]
        found.append(key)
        tip = html.escape(meaning_of[key])
        return f'<span class="term" tabindex="0">{match[0]}<span class="tip" role="tooltip">{tip}</span></span>'

    parts, at = [], 0
    for kept in _UNTOUCHED.finditer(markdown):
        parts += [pattern.sub(explain, markdown[at : kept.start()]), kept[0]]
        at = kept.end()
    return "".join([*parts, pattern.sub(explain, markdown[at:])]), found


def _whole_word(word: str) -> str:
    """A pattern that finds the word where it is not a part of another one; Chinese has no spaces to tell."""
    return rf"(?<![A-Za-z-]){re.escape(word)}(?![A-Za-z])" if word.isascii() else re.escape(word)
