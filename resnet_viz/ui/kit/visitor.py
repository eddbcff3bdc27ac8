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
"""A lesson is over by then."""
_NAME = re.compile(r"[0-9a-f]{32}", re.ASCII)
_OWN = "visitor"


class VisitorCookie:
    """Gives a browser its name along with the first document. Scripts in the page cannot read it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", []))
                if any(name.lower() == b"content-type" and value.startswith(b"text/html") for name, value in headers):
                    message["headers"] = [*headers, (b"set-cookie", _new_cookie().encode())]
            await send(message)

        is_known = scope["type"] == "http" and _NAME.fullmatch(Request(scope).cookies.get(COOKIE, ""))
        await self.app(scope, receive, send if is_known or scope["type"] != "http" else with_cookie)


def _new_cookie() -> str:
    return f"{COOKIE}={secrets.token_hex(16)}; Path=/; Max-Age={_DAYS * 86_400}; HttpOnly; SameSite=Lax"


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
