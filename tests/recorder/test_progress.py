"""The bar: shares weighted by cost, and a time left that earlier work does not flatter."""

from __future__ import annotations

import io

import pytest

from resnet_viz.recorder.progress import LOG_EVERY, WeightedBar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, which tqdm reads from here."""
    time = [100.0]
    monkeypatch.setattr("tqdm.std.time", lambda: time[0])
    return time


def test_runs_weigh_what_they_cost_and_the_time_left_counts_only_this_call(now: list[float]) -> None:
    out = Terminal()
    bar = WeightedBar({"small": 1.0, "large": 3.0}, out)
    bar.tell("small", 10, 10)  # done in an earlier call
    bar.tell("large", 1, 9)  # as far as an earlier call has come: a third in all
    now[0] += 60
    bar.tell("large", 4, 9)  # from 1/3 to 7/12: a quarter in a minute
    *_, last = out.getvalue().split("\r")
    assert " 58%|" in last
    assert "01:00, 01:40 left, large 44%" in last, "five twelfths at the same speed"
    now[0] += 100
    bar.tell("large", 9, 9)
    bar.close()
    assert "100%|" in out.getvalue().split("\r")[-1]


def test_where_nobody_watches_there_is_a_line_a_minute(now: list[float]) -> None:
    out = io.StringIO()
    bar = WeightedBar({"run": 1.0}, out)
    for done in range(121):
        bar.tell("run", done, 1000)
        now[0] += 1
    assert len(out.getvalue().strip("\r").split("\r")) == 1 + 120 // LOG_EVERY
    bar.close()
