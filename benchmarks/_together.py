"""A class in real sessions: its teacher brings everybody to another page, and each tab hears of it, asks for it and draws it."""

from __future__ import annotations

import asyncio
import json
import random
import re
import secrets
import time
import urllib.request
from contextlib import AsyncExitStack
from urllib.parse import urlsplit

from benchmarks.session import Session, press_of, state_of
from resnet_viz.ui.classroom.route import OPEN, TEACHER_COOKIE
from resnet_viz.ui.kit.visitor import COOKIE

FROM, TO = "block", "why"
SPREAD = 0.3
"""Seconds over which the tabs of those who follow ask for their pages, as class_note.js has it."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: object, **_options: object) -> None:
        return None


def open_class(url: str) -> str:
    """Open a class; the cookie of its teacher."""
    asked = urllib.request.Request(f"{url}{OPEN}", data=b"lang=en", headers={"Origin": url})
    try:
        answer = urllib.request.build_opener(_NoRedirect).open(asked)
    except urllib.error.HTTPError as redirect:
        answer = redirect
    found = re.search(rf"{TEACHER_COOKIE}=[^;]+", answer.headers.get("set-cookie", ""))
    assert found, answer.status
    return found[0]


async def hear_of_view(session: Session) -> int:
    """Listen as the session's tab does, until its class is told of a view; the view's number."""
    path = json.loads(session.components["live"].json)["path"]
    where = urlsplit(session.url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    head = f"GET {path} HTTP/1.1\r\nHost: {where.netloc}\r\nCookie: {session.cookie}\r\nConnection: close\r\n\r\n"
    writer.write(head.encode())
    try:
        while line := await reader.readline():
            if line.startswith(b"data: [") and b'"view"' in line:
                number = int(json.loads(line[5:])[1]["view"][0])
                if number:
                    return number
    finally:
        writer.close()
    raise ConnectionError("the channel ended")


async def bring_everybody(url: str, students: int) -> tuple[list[float], list[float]]:
    """(seconds until each tab was told where the teacher is, seconds until each had the whole page), from the teacher's press."""
    chance = random.Random(0)
    async with AsyncExitStack() as open_sockets:
        teacher = Session(url, FROM, cache=True, cookie=open_class(url))
        await open_sockets.enter_async_context(teacher.connected())
        await teacher.run("lang=en")
        code = json.loads(teacher.components["turns_class"].json)["drawn"]
        (topic,) = code
        members = [Session(url, FROM, cache=True, cookie=f"{COOKIE}={secrets.token_hex(16)}") for _ in range(students)]
        for member in members:
            await open_sockets.enter_async_context(member.connected())
            await member.run(f"lang=en&class={topic.partition(':')[2]}")
        teacher.turn_to(TO)
        shown = await teacher.run("lang=en")
        listening = [asyncio.ensure_future(hear_of_view(member)) for member in members]
        await asyncio.sleep(1.0)
        start = 0.0

        async def follow(member: Session, heard: asyncio.Future[int]) -> tuple[float, float]:
            number = await heard
            told = time.perf_counter() - start
            await asyncio.sleep(chance.uniform(0, SPREAD))
            go = state_of(member.components["class_note"], {"go": [[1, number]]})
            run = await member.run(widgets=[go])
            assert member.page_hash == teacher.page_hash, "somebody is elsewhere"
            assert not run.errors, run.errors
            return told, time.perf_counter() - start

        going = [asyncio.ensure_future(follow(*each)) for each in zip(members, listening, strict=True)]
        await asyncio.sleep(0)
        start = time.perf_counter()
        await teacher.run(widgets=[press_of(shown.buttons["w_bring"])])
        told, there = zip(*await asyncio.gather(*going), strict=True)
    return list(told), list(there)
