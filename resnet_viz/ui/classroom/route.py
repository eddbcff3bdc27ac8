"""What a teacher's browser asks beside the pages: to open a class, which gives it the key, to close it, and to take it home.

The key travels in a cookie that no script reads and no other site's page sends along; it is in no address. Everything here asks
where it comes from, and whose key it brings.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from urllib.parse import parse_qs, urlencode

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from resnet_viz.refused import Refused
from resnet_viz.text import LANGUAGES
from resnet_viz.ui.classroom.passphrase import PassphraseGuard, PassphraseLater, PassphraseWrong
from resnet_viz.ui.classroom.register import DAY, Register, require_teacher
from resnet_viz.ui.classroom.take_home import RunOutcome, answers_csv
from resnet_viz.ui.server.addresses import base_path, origin_of_load
from resnet_viz.ui.server.answers import sentence
from resnet_viz.ui.server.hosts import is_same_origin

TEACHER_COOKIE = "resnet_viz_teacher"
OPEN, CLOSE, ANSWERS = "/class/open", "/class/close", "/class/answers.csv"
LONGEST_FORM = 2_000
"""Bytes of what is posted."""


def class_routes(register: Callable[[], Register], outcome: Callable[[str], RunOutcome]) -> list[Route]:
    """The routes, below the base path. `outcome` says what became of a run."""
    guard = PassphraseGuard()

    async def open_class(request: Request) -> Response:
        form = await _form(request)
        if form is None:
            return _refused(403, "not_from_here")
        try:
            guard.check(form.get("passphrase", ""), _address(request))
            classes = await asyncio.to_thread(register)  # the first time it reads a file
            if classes.taught_by(request.cookies.get(TEACHER_COOKIE, "")):
                return _to_teach(form)
            _, key = classes.open()
        except PassphraseWrong:
            return _refused(403, "passphrase_wrong")
        except PassphraseLater:
            return _refused(429, "passphrase_later")
        except Refused as problem:
            return _said(503, problem)
        answer = _to_teach(form)
        _set_key(request, answer, key)
        return answer

    async def close_class(request: Request) -> Response:
        form = await _form(request)
        if form is None:
            return _refused(403, "not_from_here")
        key = request.cookies.get(TEACHER_COOKIE, "")
        try:
            found = require_teacher(register().taught_by(key), key)
            register().close_class(found.code, key)
        except Refused as problem:
            return _said(403, problem)
        answer = _to_teach(form)
        _set_key(request, answer, "")
        return answer

    async def answers(request: Request) -> Response:
        key = request.cookies.get(TEACHER_COOKIE, "")
        try:
            found = require_teacher(register().taught_by(key), key)
        except Refused as problem:
            return _said(403, problem)
        name = f"class-{found.code}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
        written = await asyncio.to_thread(answers_csv, found, outcome)
        return Response(written, media_type="text/csv", headers=headers)

    base = base_path()
    return [
        Route(f"{base}{OPEN}", open_class, methods=["POST"]),
        Route(f"{base}{CLOSE}", close_class, methods=["POST"]),
        Route(f"{base}{ANSWERS}", answers),
    ]


async def _form(request: Request) -> dict[str, str] | None:
    """What a page of this server has posted; None for anything else."""
    host, origin = request.headers.get("host", ""), request.headers.get("origin", "")
    if not is_same_origin(origin, host) or request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return None
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_FORM:
            return None
    try:
        return {name: values[-1] for name, values in parse_qs(body.decode()).items()}
    except ValueError:
        return None


def _address(request: Request) -> str:
    return origin_of_load(request.client.host) if request.client else ""


def _set_key(request: Request, answer: Response, key: str) -> None:
    """Give the browser a key, or take it away with an empty one."""
    forwarded = request.headers.get("x-forwarded-proto", "").partition(",")[0].strip()
    is_secure = "https" in (forwarded, request.url.scheme)
    age, path = int(DAY) if key else 0, f"{base_path()}/"
    answer.set_cookie(TEACHER_COOKIE, key, max_age=age, path=path, secure=is_secure, httponly=True, samesite="strict")


def _to_teach(form: dict[str, str]) -> RedirectResponse:
    language = form.get("lang", "")
    query = f"?{urlencode({'lang': language})}" if language in LANGUAGES else ""
    return RedirectResponse(f"{base_path()}/teach{query}", 303)


def _refused(status: int, key: str) -> Response:
    return PlainTextResponse(f"{sentence(key)}\n", status)


def _said(status: int, problem: Refused) -> Response:
    return PlainTextResponse("\n".join(problem.said(language) for language in LANGUAGES) + "\n", status)
