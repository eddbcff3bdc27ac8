"""What the server does around the pages: headers, compression, readiness, warming up, and keeping the garbage collector calm."""

from __future__ import annotations

import base64
import gc
import gzip
import hashlib
import logging
import re
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from resnet_viz.ui.uploads import Uploads

log = logging.getLogger(__name__)
_STATIC = Path(st.__file__).parent / "static"
_COMPRESSIBLE = {".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".svg": "image/svg+xml"}
_WARM_AFTER_RUN = 1.0
"""Seconds between the first page and the import of torch, so that the page is painted first."""
_WARM_AFTER_START = 10.0
"""The same where nobody has come yet."""

ready = threading.Event()
"""Set once torch is imported."""


# Headers


@lru_cache
def content_security_policy() -> str:
    """Scripts from this server and Streamlit's component blobs only; the page's own inline script is allowed by its hash."""
    page = (_STATIC / "index.html").read_text(encoding="utf-8")
    inline = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    hashes = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in inline)
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src 'self' blob: {hashes}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "media-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "frame-ancestors 'self'",
            "object-src 'none'",
            "base-uri 'self'",
        ]
    )


class SecurityHeaders:
    """Adds the security headers: all of them to documents, which they are about, and `nosniff` to everything."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.always = [(b"x-content-type-options", b"nosniff")]
        documents = {
            "content-security-policy": content_security_policy(),
            "x-frame-options": "SAMEORIGIN",
            "referrer-policy": "no-referrer",
            "permissions-policy": "camera=(self), microphone=(), geolocation=()",
        }
        self.documents = [*self.always, *((name.encode(), value.encode()) for name, value in documents.items())]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", []))
                is_document = any(name.lower() == b"content-type" and value.startswith(b"text/html") for name, value in headers)
                message["headers"] = [*headers, *(self.documents if is_document else self.always)]
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)


# Compression


@lru_cache(maxsize=512)  # there are some 300 files
def compressed(path: Path) -> bytes:
    """A static file as gzip, made once."""
    return gzip.compress(path.read_bytes(), 9, mtime=0)


class CompressedStatic:
    """Serves Streamlit's own script and style files compressed: a first visit is 1 MB instead of 2.7."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = self._answer(scope) if scope["type"] == "http" else None
        await (answer or self.app)(scope, receive, send)

    def _answer(self, scope: Scope) -> Response | None:
        request = Request(scope)
        if request.method != "GET" or "gzip" not in request.headers.get("accept-encoding", ""):
            return None
        path = _static_file(request.url.path)
        if path is None:
            return None
        fresh = "no-cache" if path.suffix == ".html" else "public, immutable, max-age=31536000"
        headers = {"content-encoding": "gzip", "vary": "Accept-Encoding", "cache-control": fresh}
        return Response(compressed(path), media_type=_COMPRESSIBLE[path.suffix], headers=headers)


@lru_cache
def _static_files() -> dict[str, Path]:
    """The compressible files by URL path. A closed list: no path from a request ever reaches the file system."""
    found = {f"/static/{path.relative_to(_STATIC / 'static').as_posix()}": path for path in (_STATIC / "static").rglob("*")}
    return {url: path for url, path in found.items() if path.suffix in _COMPRESSIBLE}


def _static_file(url_path: str) -> Path | None:
    return _static_files().get(url_path)


# Readiness and warm-up


async def readiness(_request: Request) -> Response:
    """200 once torch is imported, 503 before: for a load balancer."""
    return JSONResponse({"ready": ready.is_set()}, status_code=200 if ready.is_set() else 503)


def warm_up() -> None:
    """Import what the pages will need, off the request path, and hide it from the garbage collector."""
    try:
        from resnet_viz.ui.kit import inference

        inference.warm_up()
    except Exception:  # a page that needs torch will show its own sentence
        log.exception("warming up failed")
    settle_gc()
    ready.set()
    inference.measure_ahead()


_warm_once = threading.Lock()


def _warm_later(seconds: float) -> threading.Timer:
    def begin() -> None:
        if _warm_once.acquire(blocking=False):  # never released: once a process
            warm_up()

    timer = threading.Timer(seconds, begin)
    timer.daemon = True
    timer.start()
    return timer


def prepare_first_visit() -> None:
    """Compress the scripts that the document names, and do Streamlit's lazy imports: the first visitor would wait for both."""
    import numpy  # noqa: F401
    import streamlit.emojis  # noqa: F401

    page = (_STATIC / "index.html").read_text(encoding="utf-8")
    for url, path in _static_files().items():
        if url.removeprefix("/") in page:
            compressed(path)


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[dict[str, Any]]:
    """Prepare the first visit as the server starts, and later everything else, in the background."""
    threading.Thread(target=prepare_first_visit, daemon=True).start()
    timer = _warm_later(_WARM_AFTER_START)
    yield {}
    timer.cancel()


def after_run() -> None:
    """At the end of every run: see that torch gets warm, and hide what was imported from the garbage collector."""
    if not _warm_once.locked():
        _warm_later(_WARM_AFTER_RUN)
    settle_gc()


_gc_lock = threading.Lock()
_modules_seen = 0


def settle_gc() -> None:
    """Freeze the heap when modules have been imported since the last call.

    Streamlit collects garbage after every run; walking torch's modules takes it about 0.2 s of everybody's time.
    """
    global _modules_seen
    if len(sys.modules) == _modules_seen or not _gc_lock.acquire(blocking=False):
        return
    try:
        gc.collect()
        gc.freeze()
        _modules_seen = len(sys.modules)
    finally:
        _gc_lock.release()


# What st.App is given


def middleware() -> list[Middleware]:
    """Outermost first."""
    return [Middleware(SecurityHeaders), Middleware(Uploads), Middleware(CompressedStatic)]


def routes() -> list[BaseRoute]:
    """The extra addresses this app answers."""
    return [Route("/readyz", readiness)]


def on_script_error(error: Exception) -> bool:
    """One sentence for the user instead of a traceback, which goes to the log."""
    log.error("a page failed", exc_info=error)
    show: Callable[[Exception], None] | None = getattr(sys.modules.get("resnet_viz.ui.kit.page"), "show_failure", None)
    if show:
        show(error)
    return True
