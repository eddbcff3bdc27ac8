"""The right options, found once for all sessions, and what this browser has answered."""

from __future__ import annotations

from resnet_viz.studies.quiz import QUESTIONS, QuizQuestion
from resnet_viz.studies.quiz.answer import Answer
from resnet_viz.text import Lesson
from resnet_viz.ui.kit.study_panel import found_at_once
from resnet_viz.ui.kit.visitor import visitor
from resnet_viz.ui.kit.votes import tally


def answer(question: str) -> Answer:
    """The right option. Raises `WeightsUnavailable` where a network's weights are damaged."""
    found = found_at_once(QuizQuestion(question))
    assert found is not None, "all of its calls were answered"
    return found


def answers() -> dict[str, int]:
    """What has been answered in this browser, an option a question, in the order of answering."""
    return {question: option for question, option in tally().of(visitor()).items() if question in QUESTIONS}


def ask_text(question: str, found: Answer, words: Lesson) -> str:
    """The question as it is read."""
    return words.say(f"ask_{question}", **found.numbers)


def option_texts(question: str, found: Answer, words: Lesson) -> list[str]:
    """The options as they are read."""
    return [words.say(f"option_{question}_{i}", value=value, **found.numbers) for i, value in enumerate(found.options)]
