"""Streamlit's own script and style files, compressed once, and its fonts without what nobody sees: a first visit is 1 MB instead
of 3."""

from __future__ import annotations

import gzip
import threading
from contextlib import suppress
from dataclasses import dataclass
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

FOLDER = Path(__file__).parent
ICON, ICON_PATH = FOLDER.parent / "static" / "icon.png", "/favicon.png"
"""The app's icon, and where Streamlit's document has its own. `st.set_page_config` would have the first page wait for NumPy."""


@dataclass(frozen=True)
class SmallFont:
    """A part of one of Streamlit's fonts, `file`, which `tools` makes. It is sent in place of the font whose file's name begins
    with `name` and whose SHA-256 is `made_from`; any other font is sent whole."""

    name: str
    file: str
    made_from: str

    @property
    def path(self) -> Path:
        return FOLDER / self.file

    def original(self) -> Path:
        """Streamlit's font. Raises `FileNotFoundError` where it has none by that name."""
        found = next((static_folder() / "static" / "media").glob(f"{self.name}.*.woff2"), None)
        if found is None:
            raise FileNotFoundError(f"no {self.name} in {static_folder() / 'static' / 'media'}")
        return found


ICONS = SmallFont("MaterialSymbols-Rounded", "icons.woff2", "5338271f9f9c546efda102c5778ef8ada92cdc3813f7ca6386bd8facb5df2537")
"""The icons that this app or Streamlit's scripts may show."""
LETTERS = (
    SmallFont("SourceSansVF-Upright", "sans.woff2", "5f16566f7a40d39b339ad26be151fa5a1ab1f0c2574c7a2e619765584a1acbd8"),
    SmallFont("SourceSansVF-Italic", "sans-italic.woff2", "b4959abc0569392f87c6c6ac612f90e3fe0104d283724189b7d8b6f61af347d3"),
    SmallFont("SourceCodeVF-Upright", "code.woff2", "d95dc751b4d82141259f5c00c9838addaadd3b4eac30dd7db4a0da4921d77792"),
)
"""The letters of the two languages, and of names from Latin and Greek; other letters come from the reader's own fonts."""


@lru_cache(maxsize=512)  # there are some 300 files
def compressed(path: Path) -> bytes:
    """A static file as gzip, made once."""
    return gzip.compress(path.read_bytes(), 6, mtime=0)


@lru_cache
def static_files() -> dict[str, Path]:
    """The compressible files by URL path. A closed list: no path from a request ever reaches the file system."""
    folder = static_folder() / "static"
    found = {f"/static/{path.relative_to(folder).as_posix()}": path for path in folder.rglob("*")}
    return {url: path for url, path in found.items() if path.suffix in _COMPRESSIBLE}


@lru_cache
def small_fonts() -> dict[str, bytes]:
    """What is sent for Streamlit's fonts, by URL path: only for those that a small one was made from."""
    found = {}
    for font in (ICONS, *LETTERS):
        with suppress(OSError):
            original = font.original()
            if sha256(original.read_bytes()).hexdigest() == font.made_from:
                found[f"/static/media/{original.name}"] = font.path.read_bytes()
    return found


@lru_cache
def _icon() -> bytes:
    return ICON.read_bytes()


@lru_cache
def named_in_the_document() -> frozenset[Path]:
    """The scripts and styles that a browser asks for before it can ask for a page."""
    return frozenset(path for url, path in static_files().items() if url.removeprefix("/") in index_page())


def compress_first_visit() -> None:
    """Compress the scripts that the document names, and read the fonts: the first visitor would wait for them."""
    small_fonts()
    for path in named_in_the_document():
        compressed(path)


class Sent:
    """Which files of the document have been sent: until all are, the first visitor waits for nothing else."""

    def __init__(self) -> None:
        self._files: set[Path] = set()
        self.all = threading.Event()

    def add(self, path: Path) -> None:
        if not self.all.is_set():
            self._files.add(path)
            if self._files >= named_in_the_document():
                self.all.set()


SENT = Sent()


class CompressedStatic:
    """Serves the scripts and styles where the browser takes gzip, the fonts and the app's icon."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = self._answer(scope) if scope["type"] == "http" else None
        await (answer or self.app)(scope, receive, send)

    def _answer(self, scope: Scope) -> Response | None:
        request = Request(scope)
        if request.method != "GET":
            return None
        path_asked = path_below_base(scope)
        if path_asked == ICON_PATH:
            return Response(_icon(), media_type="image/png", headers={"cache-control": "max-age=86400"})
        if font := small_fonts().get(path_asked):
            return Response(font, media_type="font/woff2", headers={"cache-control": FOREVER})
        if "gzip" not in request.headers.get("accept-encoding", ""):
            return None
        path = static_files().get(path_asked)
        if path is None:
            return None
        SENT.add(path)
        fresh = "no-cache" if path.suffix == ".html" else FOREVER
        headers = {"content-encoding": "gzip", "vary": "Accept-Encoding", "cache-control": fresh}
        return Response(compressed(path), media_type=_COMPRESSIBLE[path.suffix], headers=headers)
