"""Who may ask what: names that this server answers to, pages that may open its socket, endpoints for its administrator."""

from __future__ import annotations

import os
import socket
from functools import lru_cache
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from resnet_viz.ui.server.addresses import ip_address, is_loopback, path_below_base
from resnet_viz.ui.server.answers import refuse, sentence
from resnet_viz.ui.server.metrics import PATH
from resnet_viz.ui.streamlit_internals import FOR_ADMINISTRATORS, UNUSED

_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


@lru_cache
def own_names() -> frozenset[str]:
    """What this machine calls itself; `.local` is how its network finds it without a name server."""
    name = socket.gethostname().lower().rstrip(".")
    short = name.partition(".")[0]
    return frozenset({"localhost", name, short, f"{short}.local"} - {""})


def host_name(header: str) -> str:
    """The name or address of a Host header without its port; empty where the header is no host.

    >>> host_name("Class.Example:8501"), host_name("[::1]:8501"), host_name("a@b"), host_name("a/b"), host_name("a:b")
    ('class.example', '::1', '', '', '')
    """
    try:
        parts = urlsplit(f"//{header}")
        _ = parts.port  # raises where it is no number
    except ValueError:
        return ""
    is_host = parts.netloc == header and "@" not in header and parts.hostname
    return parts.hostname.rstrip(".") if is_host and parts.hostname else ""


def matches(name: str, pattern: str) -> bool:
    """Whether a name is what an administrator wrote: a name, `*.example.org`, or `*`.

    >>> matches("lab.example.org", "*.example.org"), matches("example.org", "*.example.org"), matches("a", "*")
    (True, False, True)
    """
    pattern = pattern.strip().lower().rstrip(".")
    return name == pattern or pattern == "*" or (pattern.startswith("*.") and name.endswith(pattern[1:]))


def is_own_host(header: str) -> bool:
    """Whether a Host header names this server.

    A page of another site can point a name of its own at this machine (DNS rebinding), but neither an address nor a name that
    the machine or its administrator gave. `server.allowedHosts`, where it is set, is the whole list, as for Streamlit's socket.
    """
    name = host_name(header)
    listed = list(st.get_option("server.allowedHosts") or ())
    if not name or listed:
        return bool(name) and any(matches(name, pattern) for pattern in listed)
    named = [str(st.get_option("browser.serverAddress") or ""), *os.environ.get("RESNET_VIZ_HOSTS", "").split(",")]
    own = name in own_names() or name.endswith(".localhost") or ip_address(name) is not None
    return own or any(matches(name, pattern) for pattern in named if pattern.strip())


def is_same_origin(origin: str, host: str) -> bool:
    """Whether the page that asks came from here. The scheme may differ: a proxy may have taken TLS away."""
    return origin.partition("://")[2] == host


class OwnHosts:
    """Refuses what comes by a foreign name, from a page of another site, or for endpoints that are not for visitors."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or not (said := self._problem(scope)):
            return await self.app(scope, receive, send)
        status, sentence_ = said
        await refuse(scope, receive, send, status, sentence_)

    def _problem(self, scope: Scope) -> tuple[int, str] | None:
        headers, path = Headers(scope=scope), path_below_base(scope)
        host, origin = headers.get("host", ""), headers.get("origin")
        if path == "/readyz":  # a load balancer asks by any name, and learns nothing else
            return None
        if not is_own_host(host):
            return 403, sentence("foreign_host", host=host[:100])
        if origin is not None and not is_same_origin(origin, host):
            return 403, sentence("foreign_origin", origin=origin[:100], host=host[:100])
        closed = path.startswith(UNUSED) or (
            path.startswith((*FOR_ADMINISTRATORS, PATH)) and not self._is_administrator(scope, headers)
        )
        return (404, sentence("closed")) if closed else None

    def _is_administrator(self, scope: Scope, headers: Headers) -> bool:
        """Somebody on this machine, asked for by `RESNET_VIZ_METRICS=1`, and not through a proxy."""
        client = scope.get("client")
        asked = os.environ.get("RESNET_VIZ_METRICS") == "1"
        is_here = client is not None and is_loopback(client[0])
        return asked and is_here and not any(name in headers for name in _FORWARDED)
