"""What is kept of a browser: the first value of each name, bounded, right under many threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from resnet_viz.ui.kit.by_browser import ByBrowser


def test_the_first_counts() -> None:
    answers = ByBrowser[int]()
    assert answers.keep("a", "why", 1)
    assert not answers.keep("a", "why", 2)
    assert answers.keep("a", "build", 2)
    assert answers.keep("b", "why", 0)
    assert answers.of("a") == {"why": 1, "build": 2}
    assert answers.of("b") == {"why": 0}
    assert answers.of("c") == {}


def test_clearing_forgets_and_lets_everybody_begin_again() -> None:
    answers = ByBrowser[int]()
    answers.keep("a", "why", 1)
    answers.clear()
    assert answers.of("a") == {}
    assert answers.keep("a", "why", 0)


def test_more_browsers_than_are_kept() -> None:
    pages = ByBrowser[bool](most=3)
    for name in "abc":
        pages.keep(name, "block", True)
    pages.keep("a", "build", True)
    pages.keep("b", "block", True)  # kept already, and b was here
    pages.keep("d", "block", True)
    assert [sorted(pages.of(name)) for name in "abcd"] == [["block", "build"], ["block"], [], ["block"]]


def test_a_hundred_at_once() -> None:
    answers = ByBrowser[int]()
    with ThreadPoolExecutor(20) as pool:
        given = [(str(i % 100), f"q{i % 9}") for i in range(900)]
        counted = list(pool.map(lambda one: answers.keep(*one, 1), given * 2))
    assert sum(counted) == len(set(given))
