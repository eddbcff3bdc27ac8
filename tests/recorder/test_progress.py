"""The line on the terminal: shares weighted by cost, and a time left that earlier work does not flatter."""

from __future__ import annotations

import io
import re

from resnet_viz.recorder.progress import WIDTH, Bar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_runs_weigh_what_they_cost_and_the_time_left_counts_only_this_call() -> None:
    now, out = [100.0], Terminal()
    bar = Bar({"small": 1.0, "large": 3.0}, out, lambda: now[0])
    bar.tell("small", 10, 10)  # done in an earlier call
    now[0] += 60
    bar.tell("large", 1, 3)  # a third of three quarters: from 25 % to 50 % in a minute
    *_, last = out.getvalue().split("\r")
    assert "50% 2 min left" in last, "the other half at the same speed"
    assert last.endswith("large 33%")
    assert last.count("█") == WIDTH // 2
    now[0] += 120
    bar.tell("large", 3, 3)
    bar.close()
    assert re.search(r"100% 0 s left\n$", out.getvalue())


def test_elsewhere_there_is_a_line_a_percent() -> None:
    out = io.StringIO()
    bar = Bar({"run": 1.0}, out, lambda: 0.0)
    for done in range(1001):
        bar.tell("run", done, 1000)
    bar.close()
    lines = out.getvalue().splitlines()
    assert len(lines) == 101
    assert "\r" not in out.getvalue()
    assert [int(re.search(r"(\d+)%", line).group(1)) for line in lines] == list(range(101))  # type: ignore[union-attr]
