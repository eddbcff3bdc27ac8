"""A real server, asked as a browser, a stranger, an administrator and an attacker would."""

from __future__ import annotations

import contextlib
import http.server
import os
import re
import resource
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psutil
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from resnet_viz.ui.server.connections import limits
from resnet_viz.ui.server.headers import frame_ancestors
from resnet_viz.ui.server.hosts import own_names
from resnet_viz.ui.server.static_files import ICON, ICONS, LETTERS, compressed, static_files
from tests.servers import HANDSHAKE, App, app
from tests.waiting import until

HERE = ("--server.address", "127.0.0.1", "--server.headless", "true")
FILES = 1024
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs the limits and the descriptors of a POSIX system")


def few_files() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, FILES))


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The app where it may open few files."""
    with app(tmp_path_factory.mktemp("running"), *HERE, before=few_files) as started:
        yield started


@pytest.fixture(scope="module")
def below(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The app below a base path, where its administrator asked for numbers."""
    options = (*HERE, "--server.baseUrlPath", "resnet")
    with app(
        tmp_path_factory.mktemp("below"),
        *options,
        environment={
            "RESNET_VIZ_METRICS": "1",
            "RESNET_VIZ_HOSTS": "class.example, *.lab.example",
            "RESNET_VIZ_FRAME_ANCESTORS": "https://course.example, https://*.school.example:8443",
        },
        base="/resnet",
    ) as started:
        yield started


def session(server: App, address: str = "", base: str = "") -> ClientConnection:
    """A session's socket, as a proxy would pass it on for `address`."""
    forwarded = {"X-Forwarded-For": address} if address else {}
    return connect(
        f"ws://127.0.0.1:{server.port}{base}/_stcore/stream",
        subprotocols=["streamlit"],  # type: ignore[list-item]
        origin=server.url,  # type: ignore[arg-type]
        additional_headers=forwarded,
        max_size=None,
        open_timeout=60,
    )


def run(of: ClientConnection) -> int:
    """Have the start page drawn; how many elements arrived."""
    message = BackMsg()
    message.rerun_script.query_string = "lang=en"
    of.send(message.SerializeToString())
    elements = 0
    while True:
        told = ForwardMsg()
        told.ParseFromString(of.recv(timeout=60))  # type: ignore[arg-type]
        kind = told.WhichOneof("type")
        elements += kind == "delta"
        if kind == "script_finished":
            assert told.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
            return elements


@pytest.mark.parametrize("path", ["/", "/_stcore/health", "/_stcore/stream", "/media/x.png"])
@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1.evil.example", "localhost@evil.example", ""])
def test_a_foreign_name_is_refused(running: App, path: str, host: str) -> None:
    """A page of another site that points its own name at this machine reads nothing and opens no session."""
    host = host.format(port=running.port)
    handshake = {**HANDSHAKE, "Origin": f"http://{host}"} if path.endswith("stream") else {}
    answer = running.ask(path, {**handshake, "Host": host})
    assert answer.status in (400, 403)
    assert answer.status == 400 or "RESNET_VIZ_HOSTS" in answer.body


@pytest.mark.parametrize("host", ["127.0.0.1:{port}", "localhost:{port}", "[::1]:{port}", "192.168.1.20", *sorted(own_names())])
def test_own_names_are_taken(running: App, host: str) -> None:
    host = host.format(port=running.port)
    assert running.ask("/", {"Host": host}).status == 200
    assert running.ask("/_stcore/stream", {**HANDSHAKE, "Host": host, "Origin": f"http://{host}"}).status == 101


@pytest.mark.parametrize("origin", ["http://evil.example", "http://127.0.0.1:1", "http://192.168.1.66:{port}", "null"])
def test_a_page_of_another_site_is_refused(running: App, origin: str) -> None:
    """Also one on this machine or in this network: each may be somebody else's."""
    origin = origin.format(port=running.port)
    for path, headers in (("/_stcore/stream", HANDSHAKE), ("/_stcore/health", {})):
        assert running.ask(path, {**headers, "Origin": origin}).status == 403
    assert running.ask("/_stcore/health", {"Origin": running.url}).status == 200


@pytest.mark.parametrize("host", ["class.example", "a.lab.example:443"])
def test_names_from_the_administrator_are_taken(below: App, running: App, host: str) -> None:
    handshake = {**HANDSHAKE, "Host": host, "Origin": f"https://{host}"}
    assert below.ask("/resnet/_stcore/stream", handshake).status == 101
    assert below.ask("/resnet/_stcore/stream", {**handshake, "Origin": "https://other.example"}).status == 403
    assert running.ask("/_stcore/stream", handshake).status == 403


def test_everything_holds_below_a_base_path(below: App) -> None:
    until(lambda: below.ask("/resnet/readyz").status == 200, 180)
    assert below.ask("/readyz").status == 200  # a load balancer need not know the path
    url, path = next((url, path) for url, path in static_files().items() if url.endswith(".js"))
    plain, small = (below.ask(f"/resnet{url}", {"Accept-Encoding": coding}) for coding in ("identity", "gzip"))
    assert small.headers["content-encoding"] == "gzip"
    assert int(small.headers["content-length"]) == len(compressed(path)) < path.stat().st_size
    assert plain.body == path.read_text(encoding="utf-8")
    assert int(below.ask("/resnet/favicon.png").headers["content-length"]) == ICON.stat().st_size
    for font in (ICONS, *LETTERS):
        sent = below.ask(f"/resnet/static/media/{font.original().name}")
        assert int(sent.headers["content-length"]) == font.path.stat().st_size
    page = below.ask("/resnet/build", {"Accept": "text/html"})
    assert page.status == 200
    assert "frame-ancestors 'self'" in page.headers["content-security-policy"]
    assert below.ask("/resnet/media/none.png").headers["cache-control"] == "private, no-store"


def test_a_figure_may_be_framed_by_the_sites_that_were_named_and_a_page_by_none(below: App, running: App) -> None:
    def framing(server: App, path: str) -> tuple[list[str], str | None]:
        headers = server.ask(path, {"Accept": "text/html"}).headers
        policy = next(part for part in headers["content-security-policy"].split("; ") if part.startswith("frame-ancestors"))
        return policy.split()[1:], headers["x-frame-options"]

    named = ["'self'", "https://course.example", "https://*.school.example:8443"]
    assert framing(below, "/resnet/why?lang=en&embed=true") == (named, None)
    for path in ("/resnet/why?lang=en", "/resnet/why?lang=en&embed=truest", "/resnet/why?disembed=true"):
        assert framing(below, path) == (["'self'"], "SAMEORIGIN")
    assert framing(running, "/why?embed=true") == (["'self'"], "SAMEORIGIN")


@pytest.mark.parametrize("wrong", ["course.example", "https://course.example/page", "https://a;script-src *", "*"])
def test_what_is_no_site_is_refused_before_the_app_starts(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESNET_VIZ_FRAME_ANCESTORS", wrong)
    with pytest.raises(ValueError, match="is no address of a site, such as https"):
        frame_ancestors()


def test_a_view_has_a_code_below_a_base_path_too(below: App, running: App) -> None:
    for server, path in ((running, "/why?lang=en"), (below, "/resnet/why?lang=en")):
        base = path.removesuffix("/why?lang=en")
        answer = server.ask(f"{base}/qr.svg?to={quote(path, safe='')}")
        assert (answer.status, answer.headers["content-type"]) == (200, "image/svg+xml")
        assert answer.headers["cache-control"].startswith("private")
        assert f"<title>{server.url}{path}</title>" in answer.body
        refused = server.ask(f"{base}/qr.svg?to={quote('//evil.example/', safe='')}")
        assert refused.status == 400
        assert f"{base}/why?lang=en" in refused.body
    assert below.ask("/resnet/qr.svg?to=%2Fwhy").status == 400, "not below the base path"
    named = below.ask("/resnet/qr.svg?to=%2Fresnet%2F", {"Host": "class.example", "X-Forwarded-Proto": "https"})
    assert "<title>https://class.example/resnet/</title>" in named.body
    assert running.ask("/qr.svg?to=%2F", {"Host": "evil.example"}).status == 403


def figures(server: App) -> dict[str, float]:
    """What the app tells an administrator, read as Prometheus does."""
    answer = server.ask("/resnet/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = answer.body.splitlines()
    assert {line.split()[1] for line in lines if line.startswith("#")} == {"HELP", "TYPE"}
    found = (re.fullmatch(r'resnet_viz_(\w+(?:\{\w+="\w+"\})?) ([-+.e\d]+)', line) for line in lines if not line.startswith("#"))
    return {one[1]: float(one[2]) for one in found if one or pytest.fail("a line that nobody reads")}


def test_what_an_administrator_watches_is_counted(below: App) -> None:
    before = figures(below)
    assert before["sessions"] == 0
    assert before['memory_bytes{of="app"}'] > 50 * 2**20
    with session(below, base="/resnet") as one:
        run(one)
        until(lambda: figures(below)["page_runs_total"] == before["page_runs_total"] + 1, 20)
        now = figures(below)
        assert now["sessions"] == 1
        assert now["cpu_seconds_total"] > before["cpu_seconds_total"]
    until(lambda: figures(below)["sessions"] == 0, 20)


def test_numbers_about_the_server_are_for_its_administrator(below: App, running: App) -> None:
    assert "# EOF" in below.ask("/resnet/_stcore/metrics").body
    for header in ({"X-Forwarded-For": "192.0.2.1"}, {"Forwarded": "for=127.0.0.1"}, {"Via": "1.1 proxy"}):
        for path in ("_stcore/metrics", "metrics"):
            assert below.ask(f"/resnet/{path}", header).status == 404
    assert running.ask("/metrics").status == 404
    for path in ("metrics", "script-health-check", "agent/openapi.json", "agent/mcp", "agent/interact", "%6detrics"):
        assert running.ask(f"/_stcore/{path}").status == 404
    for path in ("/auth/login", "/auth/logout", "/oauth2callback"):
        assert running.ask(path).status == 404


def test_more_sessions_than_there_are_files_for_are_refused_and_the_others_go_on(running: App) -> None:
    allowed = limits(FILES)
    process = psutil.Process(running.process.pid)
    assert process.rlimit(psutil.RLIMIT_NOFILE) == (FILES, FILES)  # type: ignore[attr-defined]
    kept, refused = [], []
    with session(running) as inside, contextlib.ExitStack() as outside:
        elements = run(inside)
        for n in range(300):
            try:
                kept.append(outside.enter_context(session(running, "192.0.2.1" if n < 150 else f"198.51.100.{n % 250}")))
            except InvalidStatus as error:
                refused.append((n, error.response))
        for _ in range(300):
            outside.enter_context(socket.create_connection(("127.0.0.1", running.port)))
        assert len(kept) == allowed.sessions - 1
        assert sum(n < 150 for n, _ in refused) == 150 - min(allowed.sessions_an_address, allowed.sessions - 1)
        for _, answer in refused:
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
            assert str(allowed.sessions) in (answer.body or b"").decode()
        page = running.ask("/", {"Accept": "text/html"})
        assert page.status == 503
        assert page.headers["Retry-After"] == "10"
        assert running.ask("/_stcore/health").status == 200  # for which one of the silent connections makes room
        assert run(inside) == elements
        assert process.num_fds() < FILES
    until(lambda: running.ask("/", {"Accept": "text/html"}).status == 200, 60)
    log = running.log.read_text(encoding="utf-8")
    assert "Traceback" not in log
    assert len(log) < 10_000


def test_it_starts_as_people_expect(tmp_path: Path) -> None:
    """Nothing is asked, the browser opens at the app, and nobody outside is told."""
    asked_outside: list[str] = []

    class Outside(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked_outside.append(self.path)
            self.send_error(502)

        do_CONNECT = do_POST = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    outside = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Outside)
    threading.Thread(target=outside.serve_forever, daemon=True).start()
    proxy = f"http://127.0.0.1:{outside.server_port}"
    opened, browser = tmp_path / "opened", tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}.part\nmv {opened}.part {opened}\n', encoding="utf-8")
    browser.chmod(0o755)
    fresh = {"HOME": str(tmp_path), "BROWSER": str(browser), "http_proxy": proxy, "https_proxy": proxy, "no_proxy": "127.0.0.1"}
    try:
        for display, path in ((":0", ""), ("", "resnet")):
            options = ("--server.baseUrlPath", path) if path else ()
            environment = {**fresh, "DISPLAY": display, "WAYLAND_DISPLAY": ""}
            with app(
                tmp_path, *options, environment=environment, stdin=subprocess.PIPE, base=f"/{path}" if path else ""
            ) as started:
                here = f"http://localhost:{started.port}{f'/{path}' if path else ''}/"
                if display:
                    until(opened.exists, 60)
                    assert opened.read_text(encoding="utf-8").strip() == here
                    opened.unlink()
                until(lambda: here in started.log.read_text(encoding="utf-8"), 60)  # noqa: B023
                said = started.log.read_text(encoding="utf-8")
                assert not re.search("e-?mail|telemetry|statistics", said, re.IGNORECASE)
            assert not opened.exists()
    finally:
        outside.shutdown()
        outside.server_close()
    assert not asked_outside
    assert not (tmp_path / ".streamlit").exists()


def test_torch_computes_on_one_thread_in_every_thread() -> None:
    """Not only in the thread that says so."""
    code = (
        "import threading, app, torch\n"
        "said = []\n"
        "threads = [threading.Thread(target=lambda: said.append(torch.get_num_threads())) for _ in range(3)]\n"
        "[one.start() for one in threads]\n"
        "[one.join() for one in threads]\n"
        "print(torch.get_num_threads(), *said)"
    )
    free = {name: value for name, value in os.environ.items() if not name.endswith("NUM_THREADS")}
    done = subprocess.run([sys.executable, "-c", code], env=free, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1"] * 4
