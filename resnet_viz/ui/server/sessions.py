"""Live sessions are bounded: whoever finds no room is told so at once, and those inside notice nothing."""

from __future__ import annotations

from collections import Counter

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from resnet_viz.ui.server.addresses import origin_of_load
from resnet_viz.ui.server.answers import refuse, sentence
from resnet_viz.ui.server.connections import RETRY_SECONDS
from resnet_viz.ui.server.metrics import METER


class SessionLimit:
    """Counts the WebSockets, of which every session has one; refuses more than the limits, and documents that would open more."""

    def __init__(self, app: ASGIApp, most: int, most_an_address: int) -> None:
        self.app, self.most, self.most_an_address = app, most, most_an_address
        self.live: Counter[str] = Counter()
        METER.offer("sessions", "gauge", "Sessions that are connected", lambda: {"": self.live.total()})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            return await self._socket(scope, receive, send)
        if scope["type"] == "http" and is_document(scope) and self.is_full(address(scope)):
            return await self._refuse(scope, receive, send)
        await self.app(scope, receive, send)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        whose = address(scope)
        if self.is_full(whose):
            return await self._refuse(scope, receive, send)
        self.live[whose] += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self.live -= Counter([whose])

    def is_full(self, whose: str) -> bool:
        """Whether an address would find no room. Loopback has no share of its own: it may be a proxy, which speaks for all."""
        return self.live.total() >= self.most or (bool(whose) and self.live[whose] >= self.most_an_address)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        said = sentence("full", sessions=self.most, share=self.most_an_address, seconds=RETRY_SECONDS)
        await refuse(scope, receive, send, 503, said, Retry_After=str(RETRY_SECONDS))


def address(scope: Scope) -> str:
    """For whom a request counts."""
    client = scope.get("client")
    return origin_of_load(client[0]) if client else ""


def is_document(scope: Scope) -> bool:
    """Whether a browser asks for a page to show: the app's, at whatever path."""
    return scope["method"] == "GET" and "text/html" in Headers(scope=scope).get("accept", "")
