"""The glossary: one sentence for each word of the trade, and the prose in which such words are marked."""

from __future__ import annotations

import html
import re
from collections.abc import Collection
from functools import lru_cache
from typing import NamedTuple

from resnet_viz.text import JOINER, LANGUAGES, VERBATIM, lesson

_UNTOUCHED = re.compile(rf"{VERBATIM}|\[[^\]]*\]\([^)]*\)|^#[^\n]*", re.DOTALL | re.MULTILINE)
"""Code, formulas, links, tags and headings: no word in them is marked."""
_EMPHASIS = re.compile(r"(\*\*?)(?=[^\s*])((?:[^*\n]|\n(?!\n))+)(?<=\S)\1(?!\*)")
_OTHER_WORDS = "深度(?:学习|监督)"
"""Deep learning and deep supervision: their “deep” is written like “depth”, of which the glossary has the number of layers."""


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
        forms = re.split("[,、]", words.replace(JOINER, ""))
        found.append(GlossaryTerm(key, tuple(word.strip() for word in forms), meaning.strip()))
    return tuple(found)


def marked(markdown: str, terms: tuple[GlossaryTerm, ...], known: Collection[str] = ()) -> tuple[str, list[str]]:
    """The Markdown with the first mention of each term explained on hover, focus and tap, as HTML in it; and the keys of those.

    Terms whose keys are `known` are not explained. Code, formulas, links and headings stay as they are. Emphasis becomes tags
    too: Markdown takes stars between a letter and a tag, as they stand in Chinese, for stars.

    >>> marked("A `stem` and a stem.", (GlossaryTerm("stem", ("stem",), "First layers."),))[1]
    ['stem']
    """
    pattern, term_of = _index(terms)
    found: list[str] = []

    def explain(match: re.Match[str]) -> str:
        key, _, meaning = term_of[match[0].replace(JOINER, "")]
        if key in found or key in known:
            return match[0]
        found.append(key)
        tip = html.escape(meaning)
        return f'<span class="term" tabindex="0">{match[0]}<span class="tip" role="tooltip">{tip}</span></span>'

    def told(text: str) -> str:
        return pattern.sub(explain, _EMPHASIS.sub(_tagged, text))

    parts, at = [], 0
    for kept in _UNTOUCHED.finditer(markdown):
        parts += [told(markdown[at : kept.start()]), kept[0]]
        at = kept.end()
    return "".join([*parts, told(markdown[at:])]), found


def _tagged(match: re.Match[str]) -> str:
    tag = "strong" if len(match[1]) == 2 else "em"
    return f"<{tag}>{match[2]}</{tag}>"


@lru_cache(maxsize=len(LANGUAGES))
def _index(terms: tuple[GlossaryTerm, ...]) -> tuple[re.Pattern[str], dict[str, GlossaryTerm]]:
    """A pattern that finds every form of these terms, the longest first, and the term of each form.

    A form is found where it is not a part of another word; Chinese has no spaces to tell. What stands around a word is looked at
    once for all of them: once for each would take twenty times as long.
    """
    term_of = {word: term for term in terms for word in term.words}
    longest_first = sorted(term_of, key=len, reverse=True)
    latin = "|".join(re.escape(word).replace(r"\-", f"-{JOINER}?") for word in longest_first if word.isascii())
    others = "|".join(rf"(?!{_OTHER_WORDS}){re.escape(word)}" for word in longest_first if not word.isascii())
    whole_words = rf"(?<![A-Za-z-])(?:{latin})(?![A-Za-z\d])" if latin else ""
    return re.compile("|".join(filter(None, (others, whole_words))) or "(?!)"), term_of
