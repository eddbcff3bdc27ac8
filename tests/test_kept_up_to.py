"""What is kept is bounded by what it weighs."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from resnet_viz.kept_up_to import kept_up_to
from tests.threads import at_once

MOST = 20


def sizes(made: Sequence[int]) -> int:
    return len(made)


@given(st.lists(st.integers(0, MOST + 5), max_size=30))
def test_the_latest_that_fit_together_are_kept(asked: list[int]) -> None:
    """Held against a list of what was asked for, latest last."""
    made: list[int] = []

    @kept_up_to(MOST, sizes)
    def row(n: int) -> list[int]:
        made.append(n)
        return [n] * n

    kept: list[int] = []
    for n in asked:
        before = len(made)
        assert row(n) == [n] * n
        assert (len(made) == before) == (n in kept)
        if n <= MOST:
            kept = [each for each in kept if each != n] + [n]
        while sum(kept) > MOST:
            kept.pop(0)


def test_threads_are_given_the_same_and_what_is_kept_stays_bounded() -> None:
    row = kept_up_to(MOST, sizes)(lambda n: (n,) * n)

    def ask(n: int) -> None:
        assert row(n % 11) == (n % 11,) * (n % 11)

    at_once(ask, ask, ask, times=300)
    assert [row(n) is row(n) for n in range(1, 6)] == [True] * 5, "15 in all"
    assert row(10) is row(10)
