"""Streamlit's own script and style files, compressed once, and its font of icons without those that nobody sees: a first visit is
1 MB instead of 3."""

from __future__ import annotations

import gzip
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from resnet_viz.ui.server.addresses import path_below_base
from resnet_viz.ui.streamlit_internals import index_page, static_folder

_COMPRESSIBLE = {".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".svg": "image/svg+xml"}
FOREVER = "public, immutable, max-age=31536000"
"""How long a browser may keep a file whose name says which version it is."""

ICONS = Path(__file__).parent / "icons.woff2"
"""Of the icons in Streamlit's font those that this app or Streamlit's scripts may show; `tools/subset_icons.py` makes it."""
MADE_FROM = "5338271f9f9c546efda102c5778ef8ada92cdc3813f7ca6386bd8facb5df2537"
"""The SHA-256 of that font. Of any other, all icons are sent."""


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


def icon_font() -> Path:
    """Streamlit's font of icons. Raises `FileNotFoundError` where it has none by that name."""
    found = next((static_folder() / "static" / "media").glob("MaterialSymbols-Rounded.*.woff2"), None)
    if found is None:
        raise FileNotFoundError(f"no MaterialSymbols-Rounded in {static_folder() / 'static' / 'media'}")
    return found


@lru_cache
def smaller_font() -> tuple[str, bytes] | None:
    """The URL path of the font of icons and what is sent for it; None where it is not the one that `ICONS` was made from."""
    try:
        original = icon_font()
        if sha256(original.read_bytes()).hexdigest() != MADE_FROM:
            return None
        return f"/static/media/{original.name}", ICONS.read_bytes()
    except OSError:
        return None


def compress_first_visit() -> None:
    """Compress the scripts that the document names, and read the icons: the first visitor would wait for them."""
    smaller_font()
    for url, path in static_files().items():
        if url.removeprefix("/") in index_page():
            compressed(path)


class CompressedStatic:
    """Serves the scripts and styles where the browser takes gzip, and the font of icons."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = self._answer(scope) if scope["type"] == "http" else None
        await (answer or self.app)(scope, receive, send)

    def _answer(self, scope: Scope) -> Response | None:
        request = Request(scope)
        if request.method != "GET":
            return None
        path_asked, font = path_below_base(scope), smaller_font()
        if font and path_asked == font[0]:
            return Response(font[1], media_type="font/woff2", headers={"cache-control": FOREVER})
        if "gzip" not in request.headers.get("accept-encoding", ""):
            return None
        path = static_files().get(path_asked)
        if path is None:
            return None
        fresh = "no-cache" if path.suffix == ".html" else FOREVER
        headers = {"content-encoding": "gzip", "vary": "Accept-Encoding", "cache-control": fresh}
        return Response(compressed(path), media_type=_COMPRESSIBLE[path.suffix], headers=headers)
