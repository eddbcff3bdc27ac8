"""The class's answers: one vote a session and question, bounded, right under many threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from resnet_viz.ui.kit.votes import Tally


def test_the_first_answer_counts() -> None:
    tally = Tally()
    assert tally.vote("a", "why", 1)
    assert not tally.vote("a", "why", 2)
    assert tally.vote("a", "build", 2)
    assert tally.vote("b", "why", 1)
    assert tally.counts("why", 4) == [0, 2, 0, 0]
    assert tally.counts("build", 4) == [0, 0, 1, 0]
    assert tally.counts("mixing", 3) == [0, 0, 0]


def test_clearing_forgets_and_lets_everybody_vote_again() -> None:
    tally = Tally()
    tally.vote("a", "why", 1)
    tally.clear()
    assert tally.counts("why", 2) == [0, 0]
    assert tally.vote("a", "why", 0)


def test_more_voters_than_are_kept() -> None:
    tally = Tally(most_voters=3)
    for i in range(5):
        tally.vote(str(i), "why", i % 2)
    assert sum(tally.counts("why", 2)) == 3
    assert tally.counts("why", 2) == [2, 1], "voters 2, 3 and 4"


def test_a_hundred_at_once() -> None:
    tally = Tally()
    with ThreadPoolExecutor(20) as pool:
        votes = [(str(i % 100), f"q{i % 9}") for i in range(900)]
        counted = list(pool.map(lambda vote: tally.vote(*vote, option=1), votes * 2))
    assert sum(counted) == len(set(votes))
    assert sum(tally.counts(f"q{i}", 2)[1] for i in range(9)) == len(set(votes))


def test_every_answer_that_counts_is_told() -> None:
    told: list[str] = []
    tally = Tally(tell=told.append)
    for voter, question in (("a", "why"), ("a", "why"), ("b", "why"), ("a", "build")):
        tally.vote(voter, question, 0)
    assert told == ["why", "why", "build"]
    assert (tally.answers("why"), tally.answers("build"), tally.answers("mixing")) == (2, 1, 0)
