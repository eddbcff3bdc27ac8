"""What a browser has answered: its first answer a question, bounded, right under many threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from resnet_viz.ui.kit.own_answers import OwnAnswers


def test_the_first_answer_counts() -> None:
    answers = OwnAnswers()
    assert answers.answer("a", "why", 1)
    assert not answers.answer("a", "why", 2)
    assert answers.answer("a", "build", 2)
    assert answers.answer("b", "why", 0)
    assert answers.of("a") == {"why": 1, "build": 2}
    assert answers.of("b") == {"why": 0}
    assert answers.of("c") == {}


def test_clearing_forgets_and_lets_everybody_answer_again() -> None:
    answers = OwnAnswers()
    answers.answer("a", "why", 1)
    answers.clear()
    assert answers.of("a") == {}
    assert answers.answer("a", "why", 0)


def test_more_browsers_than_are_kept() -> None:
    answers = OwnAnswers(most=3)
    for i in range(5):
        answers.answer(str(i), "why", i % 2)
    assert [bool(answers.of(str(i))) for i in range(5)] == [False, False, True, True, True]


def test_a_hundred_at_once() -> None:
    answers = OwnAnswers()
    with ThreadPoolExecutor(20) as pool:
        given = [(str(i % 100), f"q{i % 9}") for i in range(900)]
        counted = list(pool.map(lambda one: answers.answer(*one, option=1), given * 2))
    assert sum(counted) == len(set(given))
