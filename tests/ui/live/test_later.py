"""What is computed beside the pages is told once it is there, whether one asked before or after."""

from __future__ import annotations

import json
from concurrent.futures import Future

import pytest

from resnet_viz.ui.live import later as later_module
from resnet_viz.ui.live.hub import Hub
from resnet_viz.ui.live.later import Later


def test_it_is_told_once_it_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    hub, told = Hub(), []
    monkeypatch.setattr(hub, "changed", told.append)
    later, answer = Later(hub), Future[int]()
    topic = later.topic("linear shapes 0", answer)
    assert later.topic("linear shapes 0", answer) == topic != later.topic("linear shapes 1", Future())
    name = topic.partition(":")[2]
    assert later._since(name, "") is None
    answer.set_result(1)
    assert told == [topic]
    news = later._since(name, "")
    assert news
    assert json.loads(news.data) == {"status": "done"}
    assert later._since(name, news.mark) is None
    assert later._since("no such name", "") is None


def test_what_is_awaited_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(later_module, "KEPT", 3)
    later = Later(Hub())
    for n in range(9):
        later.topic(str(n), Future())
    assert len(later._awaited) == 3
