"""A load balancer that asks whether the app is ready makes it so."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from starlette.applications import Starlette

from resnet_viz.ui.server import warm_up
from tests.loops import run
from tests.waiting import until


async def status_of(path: str) -> int:
    """What `Readiness` answers, with nothing behind it."""
    sent = list[dict[str, Any]]()

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {"type": "http", "method": "GET", "path": path, "root_path": "", "query_string": b"", "headers": []}
    await warm_up.Readiness(Starlette())(scope, receive, send)
    return int(sent[0]["status"])


def test_who_asks_waits_for_no_first_page(monkeypatch: pytest.MonkeyPatch) -> None:
    ready, may_end, warmed = threading.Event(), threading.Event(), list[str]()

    def warm() -> None:
        warmed.append("once")
        may_end.wait(20)
        ready.set()

    for name, value in {"ready": ready, "_warm_once": threading.Lock(), "warm_up": warm}.items():
        monkeypatch.setattr(warm_up, name, value)
    assert run(status_of("/else")) == 404
    assert not warmed, "another path is no question"
    assert run(status_of("/readyz")) == 503
    until(lambda: warmed, 20)
    assert run(status_of("/readyz")) == 503, "it is still at it"
    may_end.set()
    until(lambda: run(status_of("/readyz")) == 200, 20)
    assert warmed == ["once"]
