"""How uploads arrive: in memory alone, a few at a time, large ones one by one, and no more of them than a session needs."""

from __future__ import annotations

import asyncio
import logging

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from resnet_viz.file_limits import MAX_PICTURE, MAX_WAITING, MAX_WAITING_OF_ALL, MAX_WEIGHTS
from resnet_viz.missing import Missing
from resnet_viz.ui import streamlit_uploads
from resnet_viz.ui.server import large_files
from resnet_viz.ui.server.answers import refuse, sentence

log = logging.getLogger(__name__)
_AT_ONCE = 8
"""Pictures that arrive at a time; the others wait unread."""
_SECONDS = 60.0
"""The time that one may take, so that a slow sender does not keep others waiting for ever."""
_FILES = 200
ENVELOPE = 2**20
"""What the form may have around its file; a browser's has some hundred bytes."""
LARGE = MAX_PICTURE + ENVELOPE
"""Bytes above which a body, or the file in it, is a large one."""
_NOT_KEPT = 202
"""The answer to a large file that is not kept: of a refusal a browser shows the number and nothing else. Told that the file has
been taken, it asks the page, which does not find it and says why in the reader's language."""


class _NoLength(Exception):
    """A body that does not say how long it is grew beyond `LARGE`."""


class Uploads:
    """The way of every upload; everything else passes."""

    def __init__(
        self,
        app: ASGIApp,
        at_once: int = _AT_ONCE,
        seconds: float = _SECONDS,
        large_seconds: float = large_files.SECONDS,
        one: large_files.OneLargeFile | None = None,
    ) -> None:
        self.app = app
        self.seconds, self.large_seconds = seconds, large_seconds
        self.turns = asyncio.Semaphore(at_once)
        self.one = one or large_files.OneLargeFile()
        try:
            streamlit_uploads.keep_uploads_in_memory()
            streamlit_uploads.keep_newest_uploads(MAX_WAITING, _FILES, MAX_WAITING_OF_ALL, LARGE, self.one)
        except Missing as error:
            log.error("%s", error)  # the app works without

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "PUT" or streamlit_uploads.UPLOADS not in scope["path"]:
            await self.app(scope, receive, send)
            return
        told = Headers(scope=scope).get("content-length", "")
        size = int(told) if told.isdecimal() else 0
        if size > MAX_WEIGHTS + ENVELOPE:
            await refuse(scope, receive, send, 413, sentence("file_large", limit=MAX_WEIGHTS // 10**6))
        elif size <= LARGE:
            async with self.turns:
                await self._pass_on(scope, _at_most(LARGE, receive), send, self.seconds)
        else:
            try:
                async with self.one.turn():
                    await self._pass_on(scope, receive, send, self.large_seconds, _NOT_KEPT)
            except TimeoutError:
                log.warning("a large file has waited for %g seconds and was refused", self.one.wait)
                await refuse(scope, receive, send, _NOT_KEPT, sentence("file_busy", seconds=round(self.one.wait)))

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send, seconds: float, too_slow: int = 408) -> None:
        """Let it arrive, for so many seconds at most; the status of the answer to one that takes longer."""
        answered = False

        async def noting(message: Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        try:
            async with asyncio.timeout(seconds):
                await self.app(scope, receive, noting)
        except TimeoutError:
            log.warning("an upload took more than %g seconds and was ended", seconds)
            if not answered:
                await refuse(scope, receive, send, too_slow, sentence("file_slow", seconds=round(seconds)))
        except _NoLength:
            await refuse(scope, receive, send, 411, sentence("file_no_length", limit=MAX_PICTURE // 2**20))


def _at_most(most: int, receive: Receive) -> Receive:
    """`receive`, which raises `_NoLength` beyond so many bytes: only a body that says no length has more than it said."""
    arrived = 0

    async def counted() -> Message:
        nonlocal arrived
        message = await receive()
        arrived += len(message.get("body", b""))
        if arrived > most:
            raise _NoLength
        return message

    return counted
