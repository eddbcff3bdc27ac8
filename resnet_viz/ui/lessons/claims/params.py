"""What a link to *Claims* carries: which claim is shown, which are measured, and the question of the quiz."""

from __future__ import annotations

from resnet_viz.refused import Refused
from resnet_viz.studies.claims import CLAIMS
from resnet_viz.studies.quiz import QUESTIONS
from resnet_viz.ui.kit.url_parsers import OneOf, Whole
from resnet_viz.ui.kit.url_state import Param


def _names(text: str) -> tuple[str, ...]:
    asked = text.split(".")
    if unknown := [name for name in asked if name not in CLAIMS]:
        raise Refused("claims", example=f"{CLAIMS[0]}.{CLAIMS[1]}", given=unknown[0])
    return tuple(name for name in CLAIMS if name in asked)


CLAIM: Param[str | None] = Param("claim", OneOf({name: name for name in CLAIMS}), None)
"""The claim that is shown; without one the first that is measured, or the first of all."""
MEASURED: Param[tuple[str, ...]] = Param("claims", _names, (), ".".join)
"""The claims that are measured."""
QUIZ = Param("quiz", Whole(1, len(QUESTIONS) + 1), 1)
"""The question of the quiz; one after the last is the result."""

PARAMS = (CLAIM, MEASURED, QUIZ)
