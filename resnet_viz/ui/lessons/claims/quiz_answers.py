"""The right options, found once for all sessions, and what this browser has answered."""

from __future__ import annotations

from resnet_viz.studies.quiz import QUESTIONS, QuizQuestion
from resnet_viz.studies.quiz.answer import Answer
from resnet_viz.text import Lesson
from resnet_viz.ui.kit import class_question
from resnet_viz.ui.kit.by_browser import own_answers
from resnet_viz.ui.kit.class_session import teaches
from resnet_viz.ui.kit.prediction import SHOWN
from resnet_viz.ui.kit.study_panel import found_at_once
from resnet_viz.ui.kit.visitor import visitor


def answer(question: str) -> Answer:
    """The right option. Raises `WeightsUnavailable` where a network's weights are damaged."""
    found = found_at_once(QuizQuestion(question))
    assert found is not None, "all of its calls were answered"
    return found


def answers() -> dict[str, int]:
    """What has been answered in this browser and may be looked at, an option a question, in the order of answering."""
    first = [question for question in own_answers().of(visitor()) if question in QUESTIONS]
    found = {question: said(question) for question in (*first, *QUESTIONS) if not class_question.is_held(key(question))}
    return {question: option for question, option in found.items() if option is not None and option != SHOWN}


def key(question: str) -> str:
    """A question's name on its page."""
    return f"quiz_{question}"


def said(question: str) -> int | None:
    """What this browser has answered. In a class it is what counts there; its teacher answers for themselves."""
    own = own_answers().of(visitor()).get(question)
    if class_question.standing(key(question)) == "alone":
        return own
    if not teaches():
        return class_question.vote_of(key(question))
    return SHOWN if class_question.standing(key(question)) == "revealed" else own


def choose(question: str, option: int) -> None:
    """Answer: the first answer counts."""
    if class_question.standing(key(question)) == "alone" or teaches():
        own_answers().keep(visitor(), question, option)
    else:
        class_question.vote(key(question), option)


def keep_for_later(question: str, option: int) -> None:
    """Once a member sees the result their answer stays with them, also when the class is over."""
    if option != SHOWN and class_question.standing(key(question)) != "alone" and not teaches():
        own_answers().keep(visitor(), question, option)


def ask_text(question: str, found: Answer, words: Lesson) -> str:
    """The question as it is read."""
    return words.say(f"ask_{question}", **found.numbers)


def option_texts(question: str, found: Answer, words: Lesson) -> list[str]:
    """The options as they are read."""
    return [words.say(f"option_{question}_{i}", value=value, **found.numbers) for i, value in enumerate(found.options)]
