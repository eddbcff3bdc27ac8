"""Requests that the server refuses are answered with one sentence, in every language: nobody has chosen one yet."""

from __future__ import annotations

from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from resnet_viz.text import LANGUAGES, lesson


def sentence(key: str, **values: object) -> str:
    """A label of text/<language>/server.md in all languages, a line each."""
    return "\n".join(lesson("server", language).say(key, **values) for language in LANGUAGES)


async def refuse(scope: Scope, receive: Receive, send: Send, status: int, said: str, **headers: str) -> None:
    """Answer a request or a WebSocket's handshake with `status` and `said`; `_` in a header's name stands for `-`."""
    answer = PlainTextResponse(f"{said}\n", status, {name.replace("_", "-"): value for name, value in headers.items()})
    if scope["type"] == "http":
        await answer(scope, receive, send)
    elif "websocket.http.response" in scope.get("extensions", {}):
        await WebSocket(scope, receive, send).send_denial_response(answer)
    else:
        await send({"type": "websocket.close", "code": 1013 if status == 503 else 1008, "reason": ""})
