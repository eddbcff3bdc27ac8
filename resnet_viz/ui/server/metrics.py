"""`GET <base>/metrics`: what an administrator watches, in Prometheus's text format. No figure is about a person.

Whoever owns a figure offers it: `METER.offer("sessions", GAUGE, "Sessions that are connected", lambda: {"": 3})`. Off unless
`RESNET_VIZ_METRICS=1`, and then for programs on this machine only (`hosts.py`).
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from resnet_viz.ui.server.addresses import path_below_base

PATH = "/metrics"
_TYPE = "text/plain; version=0.0.4; charset=utf-8"
Kind = Literal["gauge", "counter"]
Read = Callable[[], Mapping[str, float]]
"""The figures by their label's value; one without a label has the empty one."""


class Figure(NamedTuple):
    """What is told under one name."""

    kind: Kind
    about: str
    read: Read
    label: str = ""


class Meter:
    """The figures of this process, read when somebody asks."""

    def __init__(self) -> None:
        self._figures: dict[str, Figure] = {}

    def offer(self, name: str, kind: Kind, about: str, read: Read, label: str = "") -> None:
        """Tell `resnet_viz_<name>` from now on; who offers it again takes its place."""
        self._figures[name] = Figure(kind, about, read, label)

    def text(self) -> str:
        """All figures."""
        lines: list[str] = []
        for name, figure in list(self._figures.items()):
            full = f"resnet_viz_{name}"
            lines += [f"# HELP {full} {figure.about}", f"# TYPE {full} {figure.kind}"]
            for value, number in sorted(figure.read().items()):
                lines.append(f'{full}{{{figure.label}="{value}"}} {number:.10g}' if figure.label else f"{full} {number:.10g}")
        return "\n".join([*lines, ""])


METER = Meter()
"""The one of this process."""


class Counted:
    """How often something has happened."""

    def __init__(self, name: str, about: str) -> None:
        self._count = 0
        METER.offer(name, "counter", about, lambda: {"": self._count})

    def add(self) -> None:
        """Once more. A count may be lost between threads; nobody decides by it."""
        self._count += 1


def _memory() -> dict[str, float]:
    import psutil  # nobody asks before the first page

    own = psutil.Process()
    workers = 0
    for child in own.children(recursive=True):
        try:
            workers += child.memory_info().rss
        except psutil.Error:  # it has just ended
            continue
    return {"app": own.memory_info().rss, "workers": workers}


PAGE_RUNS = Counted("page_runs_total", "Pages that were drawn, whole, for somebody")
_STARTED = time.time()
METER.offer("start_time_seconds", "gauge", "When this process started, since 1970", lambda: {"": _STARTED})
METER.offer("memory_bytes", "gauge", "Resident memory of the app, and of the workers that it started", _memory, "of")
METER.offer("cpu_seconds_total", "counter", "Processor time of the app", lambda: {"": sum(os.times()[:2])})


class Metrics:
    """Answers who may ask; `OwnHosts` has turned all others away."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and path_below_base(scope) == PATH:
            answer = PlainTextResponse(await run_in_threadpool(METER.text), media_type=_TYPE)
            return await answer(scope, receive, send)
        await self.app(scope, receive, send)
