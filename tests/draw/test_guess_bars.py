"""Bars of guesses: their lengths are the probabilities, and what others named is text."""

from __future__ import annotations

import re

import pytest

from resnet_viz.draw.guess_bars import Guess, guess_bars, percent


def test_lengths_are_the_probabilities_before_and_now() -> None:
    html = guess_bars([Guess("cat", 0.25, 0.9), Guess("dog", 0.5, 0.05)], before="all", now="now", alt="two")
    widths = [float(width) for width in re.findall(r"width:([\d.]+)%", html.split("</style>")[1])]
    assert widths == [90, 25, 5, 50]
    assert ">all<" in html
    alone = guess_bars([Guess("cat", 0.25)], before="all", now="now", alt="one")
    assert [float(width) for width in re.findall(r"width:([\d.]+)%", alone.split("</style>")[1])] == [25]
    assert ">all<" not in alone


def test_a_name_is_text() -> None:
    assert "<script>" not in guess_bars([Guess("<script>", 0.5)], before="", now="", alt="")


@pytest.mark.parametrize("share", [0.0, 1e-12, 0.0009, 0.5, 0.9989, 0.99999, 1.0])
def test_only_what_is_certain_reads_so(share: float) -> None:
    assert (percent(share) == "100%") == (share == 1)
    assert (percent(share) == "0.0%") == (share == 0)
