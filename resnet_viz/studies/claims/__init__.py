"""Sentences that popular accounts say about residual networks, each with the measurement that decides on it.

A measurement gives a `Finding`: its numbers, and the verdict that follows from them and from nothing else. `Claim` is the
study that finds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal

from resnet_viz.jobs.shared_calls import Call
from resnet_viz.studies.study import Study

Verdict = Literal["holds", "corrected", "depends"]
"""`corrected`: the sentence needs a correction. `depends`: it is true of some networks and not of others."""

CLAIMS = (
    "degradation",
    "gradients",
    "shapes",
    "cost",
    "strides",
    "channels",
    "order",
    "code",
    "attention",
    "ensemble",
)
"""All of them, by name, in the order in which a class meets them."""


@dataclass(frozen=True)
class Finding:
    """What a measurement showed. Subclasses hold its numbers and decide."""

    @property
    def verdict(self) -> Verdict:
        """What the numbers say of the sentence."""
        raise NotImplementedError

    @property
    def numbers(self) -> dict[str, Any]:
        """What a sentence about the finding may name: its fields, and what follows from them."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True)
class Claim(Study[Call, Finding | None]):
    """One of `CLAIMS`, by name. `degradation` takes hours of training: it alone was recorded and has nothing to measure."""

    name: str

    @property
    def calls(self) -> list[Call]:
        return [] if self.name == "degradation" else [Call(measure, self.name)]

    def assemble(self, results: Sequence[Finding | None]) -> Finding | None:
        return results[0] if results else None

    def recorded(self) -> Finding:
        if self.calls:
            raise KeyError(self.name)
        return measure(self.name)


def measure(claim: str) -> Finding:
    """Measure one claim, on this machine and now; `degradation` alone is read from recordings.

    Raises `ValueError` for a name that is no claim's.
    """
    if claim not in CLAIMS:
        raise ValueError(f"no claim is called {claim!r}; there are {', '.join(CLAIMS)}")
    from resnet_viz.studies.claims import blocks, networks  # with torch

    room = blocks if hasattr(blocks, claim) else networks
    found: Finding = getattr(room, claim)()
    return found
