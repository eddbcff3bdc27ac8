"""What is said of a claim's finding: values in, words out, and the finding's numbers as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from resnet_viz.csv_table import table
from resnet_viz.studies.claims import CLAIMS, Verdict
from resnet_viz.text import Lesson
from resnet_viz.ui.lessons.claims.pictures import said

if TYPE_CHECKING:
    from resnet_viz.studies.claims import Finding

GUESSES = ("holds", "not")
VERDICTS: tuple[Verdict, ...] = ("holds", "corrected", "depends")


def right_guess(finding: Finding) -> int:
    """The index of the guess that the numbers bear out: a sentence that depends on something does not hold as it stands."""
    return GUESSES.index("holds" if finding.verdict == "holds" else "not")


def verdict_text(claim: str, finding: Finding, words: Lesson) -> str:
    """The verdict in words; where it depends on something, on what."""
    return words.labels[f"on_{claim}" if finding.verdict == "depends" else f"verdict_{finding.verdict}"]


def because(claim: str, finding: Finding, words: Lesson) -> str:
    """The verdict and the sentence with the numbers."""
    return f"**{verdict_text(claim, finding, words)}** {said(claim, finding, words)}"


def instead(claim: str, finding: Finding, words: Lesson) -> str:
    """How it could be said; empty where it may be said as it is."""
    return "" if finding.verdict == "holds" else words.say(f"instead_{claim}", **finding.numbers)


def summary(found: Mapping[str, Finding], guesses: Mapping[str, int], words: Lesson) -> str:
    """How many of those that were measured hold, and how often a guess was right."""
    counts = {verdict: sum(finding.verdict == verdict for finding in found.values()) for verdict in VERDICTS}
    told = words.say("summary", count=len(found), **counts)
    made = [claim for claim in found if claim in guesses]
    if made:
        right = sum(guesses[claim] == right_guess(found[claim]) for claim in made)
        told = words.joined([told, words.say("score", right=right, made=len(made))])
    return told


def claim_name(claim: str, words: Lesson, finding: Finding | None = None) -> str:
    """A claim in a list: its number, a few words, and a mark once it has been measured."""
    mark = f" {words.labels[f'mark_{finding.verdict}']}" if finding else ""
    return f"{CLAIMS.index(claim) + 1}. {words.labels[f'short_{claim}']}{mark}"


def to_csv(found: Mapping[str, Finding]) -> str:
    """One row a number: `claim, verdict, number, value`; what is in a list is counted from 1."""
    rows: list[tuple[object, ...]] = [("claim", "verdict", "number", "value")]
    for claim, finding in found.items():
        own = {name: getattr(finding, name) for name in finding.__dataclass_fields__}
        for name, value in (own | finding.numbers).items():
            for part, one in _flat(value):
                rows.append((claim, finding.verdict, f"{name}{part}", one))
    return table(rows)


def _flat(value: Any) -> Iterator[tuple[str, Any]]:
    """The numbers in nested tuples, each with the way to it."""
    if not isinstance(value, tuple):
        yield "", value
        return
    names = getattr(value, "_fields", range(1, len(value) + 1))
    for name, part in zip(names, value, strict=True):
        yield from ((f" {name}{rest}", one) for rest, one in _flat(part))
