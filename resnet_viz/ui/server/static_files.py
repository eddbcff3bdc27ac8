"""Streamlit's own script and style files, compressed once: a first visit is 1 MB instead of 2.7."""

from __future__ import annotations

import gzip
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from resnet_viz.ui.server.addresses import path_below_base
from resnet_viz.ui.streamlit_internals import index_page, static_folder

_COMPRESSIBLE = {".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".svg": "image/svg+xml"}


@lru_cache(maxsize=512)  # there are some 300 files
def compressed(path: Path) -> bytes:
    """A static file as gzip, made once."""
    return gzip.compress(path.read_bytes(), 9, mtime=0)


@lru_cache
def static_files() -> dict[str, Path]:
    """The compressible files by URL path. A closed list: no path from a request ever reaches the file system."""
    folder = static_folder() / "static"
    found = {f"/static/{path.relative_to(folder).as_posix()}": path for path in folder.rglob("*")}
    return {url: path for url, path in found.items() if path.suffix in _COMPRESSIBLE}


def compress_first_visit() -> None:
    """Compress the scripts that the document names: the first visitor would wait for them."""
    for url, path in static_files().items():
        if url.removeprefix("/") in index_page():
            compressed(path)


class CompressedStatic:
    """Serves them where the browser takes gzip."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = self._answer(scope) if scope["type"] == "http" else None
        await (answer or self.app)(scope, receive, send)

    def _answer(self, scope: Scope) -> Response | None:
        request = Request(scope)
        if request.method != "GET" or "gzip" not in request.headers.get("accept-encoding", ""):
            return None
        path = static_files().get(path_below_base(scope))
        if path is None:
            return None
        fresh = "no-cache" if path.suffix == ".html" else "public, immutable, max-age=31536000"
        headers = {"content-encoding": "gzip", "vary": "Accept-Encoding", "cache-control": fresh}
        return Response(compressed(path), media_type=_COMPRESSIBLE[path.suffix], headers=headers)
