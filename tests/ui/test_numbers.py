"""Counts as one says them: the same number in both languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_viz.ui.kit.numbers import big, length, scientific, times

SIZES = {"": 1, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "万": 1e4, "亿": 1e8, "万亿": 1e12}


def read(text: str) -> float:
    """The number that a person reads."""
    digits, _, unit = text.partition(" ")
    return float(digits) * SIZES[unit]


@given(st.integers(0, 10**14), st.integers(0, 2))
def test_both_languages_say_the_same_number_and_nearly_the_one_that_is_meant(value: int, digits: int) -> None:
    english, chinese = big(value, digits, "en"), big(value, digits, "zh")
    assert read(chinese) == (pytest.approx(read(english)) if value >= 10_000 else value)
    assert read(english) == pytest.approx(value, rel=0.5 if digits == 0 else 0.05)
    assert read(english) < 1000 * SIZES[english.partition(" ")[2]] or english.endswith("T")
    assert not {"k", "M", "G", "T"} & {*chinese}


@pytest.mark.parametrize(
    ("value", "digits", "said"),
    [(1_814_073_344, 1, "18 亿"), (11_689_512, 1, "1170 万"), (4_089_184_256, 2, "40.9 亿"), (70_000_000, 0, "7000 万")],
)
def test_chinese_counts_in_ten_thousands(value: int, digits: int, said: str) -> None:
    assert big(value, digits, "zh") == said


@pytest.mark.parametrize(("value", "said"), [(999, "999"), (999.7, "1.0 k"), (999_960, "1.0 M"), (999_940, "999.9 k"), (0, "0")])
def test_no_unit_has_a_thousand_of_itself(value: float, said: str) -> None:
    assert big(value, language="en") == said


POWERS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


@pytest.mark.parametrize("write", [scientific, times, length])
@given(st.floats(1e-12, 1e12))
def test_no_size_is_written_as_programs_write_it_and_each_is_right_to_two_digits(
    write: Callable[[float], str], value: float
) -> None:
    said = write(value)
    assert "e" not in said
    digits, _, power = said.replace(",", "").partition("·10")
    assert float(f"{digits}e{power.translate(POWERS) or 0}") == pytest.approx(value, rel=0.051)
