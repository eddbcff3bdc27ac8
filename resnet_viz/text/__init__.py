"""What people read: one Markdown file a lesson and a language, and the reader for it.

A file is `# Title`, a first paragraph that asks the lesson's question, and sections headed `## key`. The section `labels` is a
list of `- key: text` for everything short: buttons, captions, messages. `{names}` in a label are filled in by the caller.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

LANGUAGES = {"en": "English", "zh": "中文"}
_FOLDER = Path(__file__).parent


class Lesson(NamedTuple):
    """One Markdown file, taken apart."""

    title: str
    question: str
    sections: Mapping[str, str]
    labels: Mapping[str, str]
    language: str = "en"

    def say(self, key: str, **values: object) -> str:
        """The label `key` with its placeholders filled."""
        return self.labels[key].format(**values)


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
    sections = {key.strip(): body.strip() for key, body in zip(rest[::2], rest[1::2], strict=True)}
    return Lesson(title.removeprefix("# ").strip(), question.strip(), sections, _labels(sections.pop("labels", "")), language)


def _labels(section: str) -> dict[str, str]:
    pairs = re.findall(r"^- ([\w./-]+): (.*(?:\n  .*)*)", section, flags=re.MULTILINE)
    return {key: re.sub(r"\s*\n\s*", " ", text.strip()) for key, text in pairs}


def names(language: str = "en") -> tuple[str, ...]:
    """All files of one language, by name."""
    return tuple(sorted(path.stem for path in (_FOLDER / language).glob("*.md")))
