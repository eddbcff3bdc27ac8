"""Which browser a session is in: a random name in a cookie, so that a reload is nobody new.

The name says nothing about anybody: it tells whose vote is whose, which lessons were seen, and who has started a run and may stop
it. Who deletes the cookie is somebody new.
"""

from __future__ import annotations

import re
import secrets

import streamlit as st
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "resnet_viz_visitor"
_DAYS = 1
"""After the last page that was asked for. A lesson is over by then."""
_RENEWS = (b"text/html", b"text/event-stream")
"""What a browser asks for again as long as somebody sits before it: documents, and the channel after every break."""
_NAME = re.compile(r"[0-9a-f]{32}", re.ASCII)
_OWN = "visitor"


class VisitorCookie:
    """Gives a browser its name along with the first document, and the same for another day with every later one.

    Scripts in the page cannot read it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        request = Request(scope)
        given = request.cookies.get(COOKIE, "")
        is_known = _NAME.fullmatch(given) is not None

        async def with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", []))
                kind = next((value for name, value in headers if name.lower() == b"content-type"), b"")
                # A document that the browser has already is answered without its kind.
                is_kept = message["status"] == 304 and "text/html" in request.headers.get("accept", "")
                if kind.startswith(_RENEWS if is_known else _RENEWS[0]) or (is_known and is_kept):
                    message["headers"] = [*headers, (b"set-cookie", _set(given if is_known else secrets.token_hex(16)))]
            await send(message)

        await self.app(scope, receive, with_cookie)


def _set(name: str) -> bytes:
    return f"{COOKIE}={name}; Path=/; Max-Age={_DAYS * 86_400}; HttpOnly; SameSite=Lax".encode()


def cookie() -> str:
    """What the cookie of this session's browser says; empty where it keeps none."""
    given = str(st.context.cookies.get(COOKIE, ""))
    return given if _NAME.fullmatch(given) else ""


def visitor() -> str:
    """This session's browser by its cookie; where it keeps none, the session itself."""
    if given := cookie():
        return given
    own: str = st.session_state.setdefault(_OWN, secrets.token_hex(16))
    return own
