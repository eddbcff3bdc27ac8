"""How uploads arrive: in memory alone, a few at a time, and no more of them than a session needs."""

from __future__ import annotations

import asyncio
import logging

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from resnet_viz.missing import Missing
from resnet_viz.ui import streamlit_internals

log = logging.getLogger(__name__)
_AT_ONCE = 8
"""Uploads that arrive at a time, each up to `server.maxUploadSize` twice in memory; the others wait unread."""
_SECONDS = 60.0
"""The time that one may take, so that a slow sender does not keep others waiting for ever."""
OF_A_SESSION = 40 * 2**20
"""Bytes of files that have arrived and wait to be read: one from the file dialogue and one from the camera, or a drop of many."""
_FILES = 200


class Uploads:
    """The way of every upload; everything else passes."""

    def __init__(self, app: ASGIApp, at_once: int = _AT_ONCE, seconds: float = _SECONDS) -> None:
        self.app = app
        self.seconds = seconds
        self.turns = asyncio.Semaphore(at_once)
        try:
            streamlit_internals.keep_uploads_in_memory()
            streamlit_internals.keep_newest_uploads(OF_A_SESSION, _FILES)
        except Missing as error:
            log.error("%s", error)  # the app works without

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "PUT" or streamlit_internals.UPLOADS not in scope["path"]:
            await self.app(scope, receive, send)
            return
        answered = False

        async def noting(message: Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        async with self.turns:
            try:
                async with asyncio.timeout(self.seconds):
                    await self.app(scope, receive, noting)
            except TimeoutError:
                log.warning("an upload took more than %g seconds and was ended", self.seconds)
                if not answered:
                    await PlainTextResponse("the upload took too long", status_code=408)(scope, receive, send)
