"""What people read: one Markdown file a lesson and a language, and the reader for it.

A file is `# Title`, a first paragraph that asks the lesson's question, and sections headed `## key`. The section `labels` is a
list of `- key: text` for everything short: buttons, captions, messages. `{names}` in a label are filled in by the caller.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

LANGUAGES = {"en": "English", "zh": "中文"}
_FOLDER = Path(__file__).parent
# Patterns are texts here: `re` compiles and keeps each when it is first used, and `import resnet_viz` need not wait for that.
_GAP = r"(?<=[\u4e00-\u9fff、。，：；！？”）]) (?=[\u4e00-\u9fff“（])|(?<=[、。，：；！？”）]) (?=[^\s✓·])"
"""Between Chinese words, and behind a Chinese sign: Chinese has no space there."""


_WITHIN = r"(?<=\d) (?=(?:[kMGT]|m?s|MiB)\b|[万亿])|(?<=\d) (?=[×→] \d|/ [a-z]\b)|(?<=\d [×→]) (?=\d)|(?<=\d /) (?=[a-z]\b)"
"""Within a quantity: between a number and its unit, and around the signs of 224 × 224, 3 → 16 and 2 / n."""


_TERM = r"(?:\d?[A-Za-z](?:\([a-z]\))?|ReLU\([a-z]\)|\d(?:[\d.,]*\d)?[⁰-⁹²³]*)"
_SIGN = " [=+−≈←] "
_FORMULA = rf"(?<![\w.]){_TERM}(?:{_SIGN}{_TERM})+(?!\w)"
"""A formula of short terms, such as y = F(x) + x."""


_NAME = r"(?<=[A-Za-z\u4e00-\u9fff]{2})-(?=\d{1,4}(?!\d|\.\w|-[a-z]))"
"""The hyphen of ResNet-18 and of residual-56, but not that of a date, nor those of a network in an address (basic-3.3.3-w16)."""
_NO_PATH = r"(?<!\S)[^\s/\\]*-\d[^\s/\\]*(?!\S)"  # a path is copied as it stands
JOINER = "\u2060"
"""Has no width, and no line ends at it. Who searches a page finds words past it; what is copied or written to a file has none."""
VERBATIM = r"```.*?```|`[^`\n]*`|\$\$.*?\$\$|\$[^$\n]*\$|<[^>]*>"
"""Of Markdown: code, typeset formulas and tags, in which no character changes."""
_ALONE = r"[\w-]*"
_KEPT = rf"(?s)({VERBATIM}|\]\([^)]*\))"


_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def raised(power: int) -> str:
    """An exponent as it is printed.

    >>> raised(-12)
    '⁻¹²'
    """
    return str(power).translate(_RAISED)


class _Numbers(string.Formatter):
    """`{x:power}` is a digit and a power of ten: 1·10⁻¹⁴ and not 1e-14."""

    def format_field(self, value: object, format_spec: str) -> str:
        if format_spec != "power":
            return str(super().format_field(value, format_spec))
        digit, power = f"{value:.0e}".split("e")
        return f"{digit}·10{raised(int(power))}"


_NUMBERS = _Numbers()
"""Five times as slow as `str.format`, and a page says hundreds of labels."""


class Lesson(NamedTuple):
    """One Markdown file, taken apart."""

    title: str
    question: str
    sections: Mapping[str, str]
    labels: Mapping[str, str]
    language: str = "en"

    def say(self, key: str, **values: object) -> str:
        """The label `key` with its placeholders filled."""
        label = self.labels[key]
        said = _NUMBERS.vformat(label, (), values) if ":power}" in label else label.format(**values)
        return unbroken(spaced(said, self.language))

    def joined(self, sentences: Iterable[str]) -> str:
        """Sentences behind each other.

        >>> lesson("build", "zh").joined(["一句。", "又一句。"])
        '一句。又一句。'
        """
        return spaced(" ".join(sentences), self.language)

    def listed(self, items: Iterable[str]) -> str:
        """A list within a sentence.

        >>> lesson("build", "zh").listed(["甲", "乙"]), lesson("build").listed(["a", "b"])
        ('甲、乙', 'a, b')
        """
        return ("、" if self.language == "zh" else ", ").join(items)

    def separated(self, sign: Literal[",", ";"], parts: Iterable[str]) -> str:
        """Parts of a sentence with a comma or a semicolon between them, as this language writes it.

        >>> lesson("build", "zh").separated(";", ["甲", "乙"]), lesson("build").separated(",", ["a", "b"])
        ('甲；乙', 'a, b')
        """
        return ({",": "，", ";": "；"}[sign] if self.language == "zh" else f"{sign} ").join(parts)

    def bracketed(self, text: str, more: str) -> str:
        """A text with more about it in brackets, where there is more.

        >>> lesson("build", "zh").bracketed("甲", "乙"), lesson("build").bracketed("a", "b"), lesson("build").bracketed("a", "")
        ('甲（乙）', 'a (b)', 'a')
        """
        return text + (f"（{more}）" if self.language == "zh" else f" ({more})") * bool(more)


def spaced(text: str, language: str) -> str:
    """With the spaces that a language writes. Where stars of Markdown stand between, a space stays: without it they would be
    stars."""
    return re.sub(_GAP, "", text) if language == "zh" else text


def unbroken(text: str) -> str:
    """With blanks at which no line ends within quantities and short formulas, and with names whole that end in a number. Code and
    where links lead stay as they are, as does a name that is the whole text: who shows it has it in a menu or on a line's end.

    >>> unbroken("1.8 G on 224 × 224 pixels in 3 s").split(" ")
    ['1.8\xa0G', 'on', '224\xa0×\xa0224', 'pixels', 'in', '3\xa0s']
    >>> unbroken("a variance of 2 / n or 1 / another").split(" ")
    ['a', 'variance', 'of', '2\xa0/\xa0n', 'or', '1', '/', 'another']
    >>> unbroken("y = F(x) + x, as f(a + b) and R + 2G − B").split(" ")
    ['y\xa0=\xa0F(x)\xa0+\xa0x,', 'as', 'f(a\xa0+\xa0b)', 'and', 'R\xa0+\xa02G\xa0−\xa0B']
    >>> unbroken("plain-56 or `y = x`"), unbroken("plain-56")
    ('plain-\u206056 or `y = x`', 'plain-56')
    >>> unbroken("into /tmp/run-70/weights or lab-20261127.sqlite")
    'into /tmp/run-70/weights or lab-20261127.sqlite'
    """
    if re.fullmatch(_ALONE, text):
        return text
    parts = re.split(_KEPT, text)
    parts[::2] = map(_unbroken, parts[::2])  # between them what is kept
    return "".join(parts)


def _unbroken(text: str) -> str:
    text = re.sub(_WITHIN, "\u00a0", text)
    if re.search(_SIGN, text):  # most texts have none, and the first page waits for the texts of all lessons
        text = re.sub(_FORMULA, lambda found: found[0].replace(" ", "\u00a0"), text)
    return re.sub(_NO_PATH, lambda found: re.sub(_NAME, f"-{JOINER}", found[0]), text) if "-" in text else text


@lru_cache(maxsize=64)
def lesson(name: str, language: str = "en") -> Lesson:
    """The text of one lesson.

    >>> lesson("build").title
    'Build'
    """
    if language not in LANGUAGES:
        raise ValueError(f"language must be one of {', '.join(LANGUAGES)}, got {language!r}")
    head, *rest = re.split(r"^## (.+)$", (_FOLDER / language / f"{name}.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    title, _, question = head.strip().partition("\n")
    bodies = {key.strip(): body.strip() for key, body in zip(rest[::2], rest[1::2], strict=True)}
    labels = _labels(bodies.pop("labels", ""))  # each is a text of its own
    sections = {key: unbroken(body) for key, body in bodies.items()}
    return Lesson(title.removeprefix("# ").strip(), question.strip(), sections, labels, language)


def _labels(section: str) -> dict[str, str]:
    pairs = re.findall(r"^- ([\w./-]+): (.*(?:\n  .*)*)", section, flags=re.MULTILINE)
    return {key: unbroken(re.sub(r"\s*\n\s*", " ", text.strip())) for key, text in pairs}


def names(language: str = "en") -> tuple[str, ...]:
    """All files of one language, by name."""
    return tuple(sorted(path.stem for path in (_FOLDER / language).glob("*.md")))
