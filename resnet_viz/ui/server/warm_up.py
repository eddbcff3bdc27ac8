"""What the first visitors would wait for is done before they come."""

from __future__ import annotations

import importlib
import logging
import threading

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from resnet_viz.missing import Missing
from resnet_viz.ui.server.addresses import path_below_base
from resnet_viz.ui.server.garbage import note_run, settle_gc
from resnet_viz.ui.server.metrics import PAGE_RUNS
from resnet_viz.ui.server.static_files import SENT, compress_first_visit
from resnet_viz.ui.streamlit_internals import import_what_the_first_run_needs

log = logging.getLogger(__name__)
_WARM_AFTER_RUN = 1.0
"""Seconds between the first page and the import of torch, so that the page is painted first."""
_WARM_AFTER_START = 10.0
"""The same where nobody has come yet."""

_SCRIPTS_SENT = 1.0
"""Seconds after which nobody is taken to be waiting for Streamlit's scripts."""

ready = threading.Event()
"""Set once torch is imported."""


class Readiness:
    """Answers `/readyz`, below a base path too: 200 once torch is imported, 503 before. For a load balancer.

    Who asks sends nobody before the answer is 200, so nothing is gained by waiting for a first page any longer.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and path_below_base(scope) == "/readyz":
            if not _warm_once.locked():
                warm_later(0)
            answer = JSONResponse({"ready": ready.is_set()}, status_code=200 if ready.is_set() else 503)
            return await answer(scope, receive, send)
        await self.app(scope, receive, send)


def warm_up() -> None:
    """Import and draw what the pages will need, off the request path, and hide it from the garbage collector."""
    try:
        import_pandas()
        from resnet_viz.ui.kit import image_input, inference

        inference.warm_up()
        image_input.warm_up()
        settle_gc()
        ready.set()
    except Exception:  # a page that needs torch will show its own sentence
        log.exception("warming up failed")
        ready.set()


_warm_once = threading.Lock()


def warm_later(seconds: float) -> threading.Timer:
    """Warm up in the background, once a process."""

    def begin() -> None:
        if _warm_once.acquire(blocking=False):  # never released
            warm_up()

    timer = threading.Timer(seconds, begin)
    timer.daemon = True
    timer.start()
    return timer


def prepare_first_visit() -> threading.Timer:
    """At the start: what the first page needs at once, everything else later. The timer is for cancelling that."""
    threading.Thread(target=import_what_the_first_visit_needs, daemon=True).start()
    return warm_later(_WARM_AFTER_START)


_FIRST_PAGE = (
    "kit.own_networks",
    "kit.live",
    "kit.page",
    "kit.tour",
    "kit.turns",
    "lessons.home.hero",
    "lessons.home.lesson_map",
    "lessons.home.room",
)
"""What `main` and Home import, in `resnet_viz.ui`, but for what these import in turn."""


def import_what_the_first_visit_needs() -> None:
    """Compress Streamlit's scripts, and import what the first page is made of while the browser reads them.

    Python's one lock would let the sending of the scripts wait for the imports, so these wait for that.
    """
    compress_first_visit()
    SENT.all.wait(_SCRIPTS_SENT)
    try:
        import_what_the_first_run_needs()
    except Missing as error:
        log.error("%s", error)  # the app works without
    for name in _FIRST_PAGE:
        importlib.import_module(f"resnet_viz.ui.{name}")


_pandas = threading.Lock()


def import_pandas() -> None:
    """Have pandas whole before a page draws a chart or a table.

    Plotly's narwhals looks for it among the loaded modules, and takes one that another thread is still importing for a whole one.
    """
    with _pandas:
        importlib.import_module("pandas")


def after_run() -> None:
    """At the end of every run: see that torch gets warm, and once it is hide what was imported from the garbage collector."""
    PAGE_RUNS.add()
    note_run()
    if not _warm_once.locked():
        warm_later(_WARM_AFTER_RUN)
    if ready.is_set():  # before, the first visitor's browser is still to be sent its page
        settle_gc()
