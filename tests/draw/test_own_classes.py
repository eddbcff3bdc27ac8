"""The drawings of the lesson on own classes: numbers in, the same numbers out."""

from __future__ import annotations

import re

import pytest

from resnet_viz.draw.accuracy_lines import AccuracyLine, accuracy_lines
from resnet_viz.draw.class_rows import ClassRow, class_rows, flow

LINES = [AccuracyLine("features", [0.5, 0.75, 1.0], "residual"), AccuracyLine("<pixels>", [0.25, 0.5, 0.25], "slate")]


def drawn(counts: list[int], shown: list[AccuracyLine] = LINES) -> str:
    return accuracy_lines(shown, counts, across="pictures", up="right", alt="alt", chance=(1 / 3, "guessing"))


def test_a_point_is_as_high_as_its_share() -> None:
    wide = drawn([1, 2, 5]).split('class="narrow"')[0]
    level = {share: float(y) for y, share in re.findall(r'y="([\d.]+)"[^>]*>(\d+)%', wide)}
    points = [float(y) for y in re.findall(r'<circle cx="[\d.]+" cy="([\d.]+)"', wide)]
    expected = [level[f"{100 * share:.0f}"] - 5 for line in LINES for share in line.values]
    assert points == pytest.approx(expected, abs=0.11)


def test_all_counts_and_names_are_there_twice_and_nothing_else_when_nothing_was_measured() -> None:
    empty = drawn([1, 2, 5], [line._replace(values=()) for line in LINES])
    for text in ("features", "&lt;pixels&gt;", "guessing", ">5<"):
        assert empty.count(text) == drawn([1, 2, 5]).count(text) == 2
    assert "<circle" not in empty
    assert "<circle" in drawn([1], [AccuracyLine("one", [0.5], "residual")])


def test_rows_say_how_many_there_are() -> None:
    rows = class_rows([ClassRow("<b>", ["data:a", "data:b"], 5), ClassRow("empty", [], 0)], empty="none & nothing")
    assert rows.count("<img") == 2
    assert "+3" in rows
    assert "&lt;b&gt;" in rows
    assert rows.count("none &amp; nothing") == 1


def test_the_frozen_station_is_marked() -> None:
    assert flow([("", "pictures"), ("frozen", "net"), ("trained", "layer")]).count("❄") == 1
