"""Questions on the lessons. Which option is right follows from a measurement, a recording or the plan, never from a text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from resnet_viz.jobs.shared_calls import Call
from resnet_viz.studies.claims import Claim, Finding, measure
from resnet_viz.studies.quiz import idea, parts, problem, use
from resnet_viz.studies.quiz.answer import Answer, QuizEntry
from resnet_viz.studies.study import Study

_ALL: tuple[QuizEntry, ...] = (
    idea.block_relu,
    idea.block_zero,
    idea.activations_size,
    idea.activations_skip,
    problem.degradation_worst,
    problem.degradation_shallow,
    problem.gradients_ratio,
    problem.gradients_bare,
    problem.why_paths,
    problem.why_branch,
    parts.shortcuts_projections,
    parts.shortcuts_share,
    parts.mixing_pixel,
    parts.mixing_twice,
    parts.bottleneck_pair,
    parts.bottleneck_most,
    parts.build_params,
    parts.build_head,
    use.transfer_forgotten,
    use.transfer_pixels,
    use.claims_norms,
    use.claims_relu,
)
_BY_NAME: Mapping[str, QuizEntry] = {found.name: found for found in _ALL}
QUESTIONS = tuple(_BY_NAME)
"""By name, in the order of the course, two for each lesson."""


def lesson_of(question: str) -> str:
    """The lesson that a question is about.

    >>> lesson_of("build_head")
    'build'
    """
    return question.partition("_")[0]


def claim_of(question: str) -> str:
    """The claim whose measurement answers a question; empty where it has its own."""
    return _BY_NAME[question].claim


def is_counted(question: str) -> bool:
    """Whether the answer follows from shapes alone: nothing is measured then.

    >>> is_counted("why_paths"), is_counted("why_branch")
    (True, False)
    """
    return _BY_NAME[question].counted


@dataclass(frozen=True)
class QuizQuestion(Study[Call, Answer | None]):
    """One of `QUESTIONS`, by name. What a claim measures too is asked for by the claim's own call."""

    name: str

    @property
    def calls(self) -> list[Call]:
        claim = claim_of(self.name)
        return Claim(claim).calls if claim else [Call(answer, self.name)]

    def assemble(self, results: Sequence[Any]) -> Answer | None:
        (found,) = results or (None,)
        return _BY_NAME[self.name].find(found) if isinstance(found, Finding) else found

    def recorded(self) -> Answer:
        claim = claim_of(self.name)
        if not claim:
            raise KeyError(self.name)
        found: Answer = _BY_NAME[self.name].find(Claim(claim).recorded())
        return found


def answer(question: str) -> Answer:
    """Find the right option. Raises `ValueError` for a name that is no question's."""
    if question not in _BY_NAME:
        raise ValueError(f"no question is called {question!r}; there are {', '.join(QUESTIONS)}")
    found = _BY_NAME[question]
    return found.find(measure(found.claim)) if found.claim else found.find()
