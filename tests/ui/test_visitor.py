"""The name of a browser: given once, kept as long as somebody comes back within a day, and to nobody who asks for no page."""

from __future__ import annotations

import re

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send

from resnet_viz.ui.kit.visitor import COOKIE, VisitorCookie
from tests.loops import run

NAME = "5" * 32
PAGE, CHANNEL, DATA = "text/html; charset=utf-8", "text/event-stream", "application/json"


def given(kind: str, name: str = "", accept: str = "*/*") -> str:
    """The name in the cookie of an answer of this kind, which holds for a day; empty where there is no cookie.

    An answer of no kind says that the browser has what it has asked for.
    """
    sent: list[Message] = []

    async def answer(_scope: Scope, _receive: Receive, send: Send) -> None:
        headers = [(b"content-type", kind.encode())] if kind else []
        await send({"type": "http.response.start", "status": 200 if kind else 304, "headers": headers})

    async def receive() -> Message:
        raise AssertionError("nothing is read")

    async def send(message: Message) -> None:
        sent.append(message)

    asked = [(b"accept", accept.encode()), (b"cookie", f"{COOKIE}={name}".encode())]
    run(VisitorCookie(answer)({"type": "http", "headers": asked}, receive, send))
    said = Headers(raw=sent[0]["headers"]).get("set-cookie", "")
    found = re.fullmatch(rf"{COOKIE}=([0-9a-f]{{32}}); Path=/; Max-Age=86400; HttpOnly; SameSite=Lax", said)
    assert bool(found) == bool(said), said
    return found[1] if found else ""


def test_a_newcomer_gets_a_name_of_their_own_with_a_page_only() -> None:
    assert len({given(PAGE), given(PAGE, "no name of ours"), ""}) == 3
    assert given(CHANNEL) == given(DATA) == given("", accept="text/html,*/*") == ""


def test_who_comes_back_keeps_their_name_for_another_day() -> None:
    assert given(PAGE, NAME) == NAME
    assert given("", NAME, "text/html,*/*") == NAME, "a page that the browser has already"
    assert given(CHANNEL, NAME) == NAME, "after a break"
    assert given(DATA, NAME) == given("", NAME) == ""
