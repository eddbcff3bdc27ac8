"""A view's address as a QR code, for a class that reads it from the wall: `GET <base>/qr.svg?to=<path and query>`."""

from __future__ import annotations

import asyncio
import io
import re
from functools import lru_cache
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from resnet_viz.ui.server.addresses import base_path, is_this_machine, path_below_base
from resnet_viz.ui.server.answers import refuse, sentence
from resnet_viz.ui.server.hosts import host_name
from resnet_viz.ui.server.network import network_address
from resnet_viz.ui.server.start import listens_to_others

QR = "/qr.svg"
LONGEST = 2000
"""Characters of a path with its query. Longer ones make codes that no camera reads from a wall."""
_PATH = re.compile(r"/(?!/)[!-~]*", re.ASCII)
"""As a browser writes it: no spaces, no letters beyond ASCII, and no second slash, after which another host would stand."""


def code_address(to: str) -> str:
    """Where the code of a path of this server is."""
    return f"{base_path()}{QR}?to={quote(to, safe='')}"


class QrCodes:
    """Answers with the code of an address of this server, and of no other."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.turn = asyncio.Semaphore(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD") or path_below_base(scope) != QR:
            return await self.app(scope, receive, send)
        request = Request(scope)
        to = request.query_params.get("to", "")
        if not is_own_path(to):
            return await refuse(scope, receive, send, 400, sentence("bad_code", limit=LONGEST, path=f"{base_path()}/why?lang=en"))
        forwarded = request.headers.get("x-forwarded-proto", "").partition(",")[0].strip()
        scheme = "https" if "https" in (forwarded, scope["scheme"]) else "http"
        async with self.turn:  # a long address takes a tenth of a second
            svg = await run_in_threadpool(code, f"{scheme}://{host_for_others(request.headers.get('host', ''))}{to}")
        answer = Response(svg, media_type="image/svg+xml", headers={"cache-control": "private, max-age=300"})
        await answer(scope, receive, send)


def is_own_path(to: str) -> bool:
    """Whether this is a path with a query below this server's base path.

    >>> is_own_path("/why?lang=en"), is_own_path("//other.example/"), is_own_path("https://other.example/")
    (True, False, False)
    """
    return len(to) <= LONGEST and bool(_PATH.fullmatch(to)) and "\\" not in to and to.startswith(f"{base_path()}/")


def host_for_others(host: str) -> str:
    """A Host header as others reach it: where it is loopback and the server listens to others, the network's."""
    name = host_name(host)
    there = network_address() if is_this_machine(name) and listens_to_others() else ""
    port = urlsplit(f"//{host}").port
    return f"{there}:{port}" if there and port else there or host


@lru_cache(maxsize=128)
def code(address: str) -> bytes:
    """The code, black on white with the quiet zone that readers need; its title says the address."""
    import segno

    out = io.BytesIO()
    segno.make_qr(address, error="l", boost_error=False).save(
        out, kind="svg", border=4, xmldecl=False, omitsize=True, dark="#000", light="#fff", title=address
    )
    return out.getvalue()
