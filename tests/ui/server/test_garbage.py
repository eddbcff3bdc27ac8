"""The collector's work is done while nobody waits for a page, and done all the same where runs never cease."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable

import pytest

from resnet_viz.ui.server import garbage
from tests.waiting import until


@pytest.fixture
def collected(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """When all garbage was collected, by the one thread that this process would have."""
    times: list[float] = []
    thresholds: list[tuple[int, ...]] = []
    monkeypatch.setattr(garbage, "_collector", None)
    monkeypatch.setattr(garbage, "_has_run", threading.Event())
    monkeypatch.setattr(gc, "collect", lambda: times.append(time.monotonic()))
    monkeypatch.setattr(gc, "set_threshold", lambda *of: thresholds.append(of))
    garbage.collect_when_quiet()
    garbage.collect_when_quiet()
    assert len(thresholds) == 1
    assert thresholds[0][:2] == gc.get_threshold()[:2], "young objects stay Python's"
    return times


def keep_running(end: Callable[[], bool]) -> None:
    """Runs of pages, one after the other."""

    def ended() -> bool:
        garbage.note_run()
        return end()

    until(ended)


def test_garbage_waits_for_quiet(collected: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garbage, "QUIET", 0.4)
    assert not collected, "nothing has run"
    ends = time.monotonic() + 1
    keep_running(lambda: time.monotonic() > ends)
    until(lambda: collected)
    assert len(collected) == 1
    assert collected[0] > ends


def test_garbage_waits_no_longer_than_it_may(collected: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garbage, "QUIET", 3600.0)
    monkeypatch.setattr(garbage, "LONGEST", 0.2)
    keep_running(lambda: len(collected) >= 2)
