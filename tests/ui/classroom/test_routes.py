"""The routes of a class: who asks from where with which key, and what is answered."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

import pytest
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.types import Message, Scope

from resnet_viz.text import LANGUAGES, lesson
from resnet_viz.ui.classroom import passphrase, route
from resnet_viz.ui.classroom.class_file import ClassFile
from resnet_viz.ui.classroom.passphrase import MOST_WRONG, PassphraseGuard, PassphraseLater, PassphraseWrong
from resnet_viz.ui.classroom.poll import Wording
from resnet_viz.ui.classroom.register import Register
from resnet_viz.ui.classroom.route import ANSWERS, CLOSE, OPEN, TEACHER_COOKIE, class_routes
from resnet_viz.ui.classroom.take_home import RunOutcome
from resnet_viz.ui.classroom.wrong_tries import WITHIN
from tests.loops import run

HOST = "http://testserver"
HERE = {"origin": HOST}


class Answer(NamedTuple):
    status: int
    headers: Headers
    text: str


class Client:
    """A browser that keeps a cookie and follows nothing."""

    def __init__(self, register: Register) -> None:
        self.app = Starlette(routes=class_routes(lambda: register, lambda run: RunOutcome("done", 300, 0.25, 0.5)))
        self.key = ""

    def post(self, path: str, body: Mapping[str, str] | bytes = b"", **headers: str) -> Answer:
        return self._ask("POST", path, body if isinstance(body, bytes) else urlencode(body).encode(), headers)

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, b"", {})

    def _ask(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        given = {"host": "testserver", "cookie": f"{TEACHER_COOKIE}={self.key}", **headers}
        raw = [(name.replace("_", "-").lower().encode(), value.encode()) for name, value in given.items()]
        scope: Scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": raw}
        scope |= {"scheme": "http", "server": ("testserver", 80), "client": ("192.0.2.1", 5), "root_path": ""}
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body}

        async def send(message: Message) -> None:
            sent.append(message)

        run(self.app(scope, receive, send))
        found = Headers(raw=sent[0]["headers"])
        if cookie := found.get("set-cookie"):
            self.key = cookie.partition(";")[0].partition("=")[2].strip('"')
        return Answer(sent[0]["status"], found, b"".join(each.get("body", b"") for each in sent[1:]).decode())


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    made = Register(ClassFile(tmp_path / "classes.sqlite"))
    yield made
    made.close()


@pytest.fixture
def client(register: Register) -> Client:
    return Client(register)


def is_said(body: str, file: str, key: str) -> bool:
    return all(lesson(file, language).labels[key] in body for language in LANGUAGES)


def test_opening_gives_a_key_that_no_script_reads_and_leads_to_the_desk(client: Client, register: Register) -> None:
    answer = client.post(OPEN, {"lang": "zh"}, **HERE)
    assert (answer.status, answer.headers["location"]) == (303, "/teach?lang=zh")
    said = answer.headers["set-cookie"]
    for attribute in ("HttpOnly", "SameSite=strict", "Path=/", "Max-Age=86400"):
        assert attribute.lower() in said.lower()
    assert "secure" not in said.lower()
    key = client.key
    found = register.taught_by(key)
    assert found
    assert key not in answer.headers["location"]
    again = client.post(OPEN, {}, **HERE)
    assert again.status == 303
    assert register.taught_by(client.key) == found, "who has a class goes to it"


def test_behind_tls_the_key_travels_by_tls_only(client: Client) -> None:
    answer = client.post(OPEN, origin=HOST, x_forwarded_proto="https")
    assert "secure" in answer.headers["set-cookie"].lower()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": "http://evil.example"},
        {"Origin": f"{HOST}:81"},
        {**HERE, "Sec-Fetch-Site": "cross-site"},
    ],
)
@pytest.mark.parametrize("path", [OPEN, CLOSE])
def test_only_a_page_of_this_server_may_post(client: Client, path: str, headers: dict[str, str]) -> None:
    answer = client.post(path, **headers)
    assert answer.status == 403
    assert is_said(answer.text, "server", "not_from_here")
    assert "set-cookie" not in answer.headers


def test_what_is_posted_is_bounded_and_read_with_care(client: Client) -> None:
    for body in (b"x" * 3_000, b"\xff\xfe=%ff", b"lang=fr", b"lang=//evil.example", b"&&&===&lang"):
        answer = client.post(OPEN, body, **HERE)
        assert answer.status in (303, 403)
        assert answer.headers.get("location", "/teach") == "/teach"


def test_the_passphrase_is_asked_for_and_wrong_ones_are_counted(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESNET_VIZ_TEACHER", "ein Satz für Lehrer")
    for said in [{}, *[{"passphrase": f"wrong {i}"} for i in range(MOST_WRONG - 1)]]:
        answer = client.post(OPEN, said, **HERE)
        assert answer.status == 403
        assert is_said(answer.text, "server", "passphrase_wrong")
    right = client.post(OPEN, {"passphrase": "ein Satz für Lehrer"}, **HERE)
    assert right.status == 429, "not even the right one is looked at now"
    assert is_said(right.text, "server", "passphrase_later")
    assert "set-cookie" not in right.headers


def test_wrong_ones_are_forgotten_and_counted_by_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESNET_VIZ_TEACHER", "right")
    now = [0.0]
    tries = PassphraseGuard(clock=lambda: now[0])
    for _ in range(MOST_WRONG):
        with pytest.raises(PassphraseWrong):
            tries.check("wrong", "192.0.2.1")
    with pytest.raises(PassphraseLater):
        tries.check("right", "192.0.2.1")
    tries.check("right", "192.0.2.2")
    now[0] += WITHIN
    tries.check("right", "192.0.2.1")
    for address in range(200):
        with pytest.raises((PassphraseWrong, PassphraseLater)):
            tries.check("wrong", str(address))
    with pytest.raises(PassphraseLater):
        tries.check("right", "from many addresses")
    monkeypatch.delenv("RESNET_VIZ_TEACHER")
    assert not passphrase.is_needed()
    tries.check("", "anybody")


def test_closing_wants_the_key_and_takes_it_back(client: Client, register: Register) -> None:
    client.post(OPEN, **HERE)
    key = client.key
    for forged in ("", "x" * 43, key[:-1]):
        client.key = forged
        answer = client.post(CLOSE, **HERE)
        assert answer.status == 403
        assert is_said(answer.text, "refused", "not_teacher")
    assert register.taught_by(key)
    client.key = key
    answer = client.post(CLOSE, **HERE)
    assert answer.status == 303
    assert "max-age=0" in answer.headers["set-cookie"].lower()
    assert register.taught_by(key) is None


def test_the_table_is_the_teachers_and_names_nobody(client: Client, register: Register) -> None:
    assert client.get(ANSWERS).status == 403
    client.post(OPEN, **HERE)
    key = client.key
    found = register.taught_by(key)
    assert found
    for member, option in (("m1", 0), ("m2", 1), ("m3", 1)):
        register.join(found.code, member, "block")
        register.vote(found.code, "block.block", member, option)
    wording = Wording("What comes out?", ("zeros", "exactly x"), 1)
    register.act(found.code, key, lambda now: now.with_poll("block.block", now.poll("block.block").asked().worded(wording)))
    register.act(found.code, key, lambda now: now.running(["a run"]))
    answer = client.get(ANSWERS)
    assert answer.headers["cache-control"] == "private, no-store"
    assert "attachment" in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [(row["kind"], row["option"], row["words"], row["right"], row["count"]) for row in rows] == [
        ("answer", "1", "zeros", "0", "1"),
        ("answer", "2", "exactly x", "1", "2"),
        ("run", "", "", "", ""),
    ]
    assert answer.text.splitlines()[-1] == "run,a run,,,,,,,done,300,0.25,0.5"
    assert "m1" not in answer.text


def test_below_a_base_path(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(route, "base_path", lambda: "/resnet")
    client = Client(register)
    assert client.post(OPEN, **HERE).status == 404
    answer = client.post(f"/resnet{OPEN}", **HERE)
    assert answer.headers["location"] == "/resnet/teach"
    assert "path=/resnet/" in answer.headers["set-cookie"].lower()
