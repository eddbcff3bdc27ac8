"""The addresses for a room: those of this machine's interfaces at which the app answers, shown to whoever came by one."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from types import SimpleNamespace

import psutil
import pytest
from streamlit.testing.v1 import AppTest

from resnet_viz.ui.lessons.home import room
from resnet_viz.ui.server import network
from resnet_viz.ui.server.network import answers_at, network_addresses

INTERFACES = {
    "lo": ["127.0.0.1"],
    "eth0": ["192.0.2.7"],
    "wlan0": ["198.51.100.3", "169.254.9.9"],
    "docker0": ["172.17.0.1"],
    "eth1": ["203.0.113.5"],
}


@pytest.fixture
def interfaces(monkeypatch: pytest.MonkeyPatch) -> None:
    """A laptop with a cable, a wireless network, one interface that is down and one of containers."""
    own = {
        name: [SimpleNamespace(family=family, address=one) for one in listed for family in (socket.AF_INET, socket.AF_UNIX)]
        for name, listed in INTERFACES.items()
    }
    monkeypatch.setattr(psutil, "net_if_addrs", lambda: own)
    monkeypatch.setattr(psutil, "net_if_stats", lambda: {name: SimpleNamespace(isup=name != "eth1") for name in own})


@pytest.mark.usefixtures("interfaces")
@pytest.mark.parametrize("first", ["198.51.100.3", ""])
def test_others_reach_what_is_up_and_no_bridge(monkeypatch: pytest.MonkeyPatch, first: str) -> None:
    monkeypatch.setattr(network, "network_address", lambda: first)
    assert network_addresses() == sorted(["192.0.2.7", "198.51.100.3"], reverse=bool(first))


def test_what_answers_is_asked() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert answers_at("127.0.0.1", port)
    assert not answers_at("127.0.0.1", port)


@pytest.fixture
def in_a_room(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """A server that listens to all, of which one of two addresses answers."""
    monkeypatch.setattr(room, "listens_to_others", lambda: True)
    monkeypatch.setattr(room, "network_addresses", lambda: ["192.0.2.7", "198.51.100.3"])
    monkeypatch.setattr(room, "address_at", lambda host: f"http://{host}:8501/")
    monkeypatch.setattr(room, "answers_at", lambda host, port: host == "192.0.2.7")
    room.answering.cache_clear()
    yield monkeypatch
    room.answering.cache_clear()


def script() -> None:
    from resnet_viz.text import lesson
    from resnet_viz.ui.lessons.home.room import room

    room(lesson("home", "en"))


@pytest.mark.parametrize(
    ("host", "shown"), [("localhost:8501", True), ("127.0.0.1:8501", True), ("192.0.2.7:8501", True), ("class.example", False)]
)
def test_the_room_is_shown_to_who_came_by_it(in_a_room: pytest.MonkeyPatch, host: str, shown: bool) -> None:
    in_a_room.setattr(room.st, "context", SimpleNamespace(headers={"Host": host}))
    found = [each.proto.body for each in AppTest.from_function(script).run().get("html")]
    assert [("http://192.0.2.7:8501/" in html, "198.51.100.3" in html, "qr.svg?to=%2F" in html) for html in found] == [
        (True, False, True)
    ] * shown


def test_on_loopback_alone_there_is_no_room(in_a_room: pytest.MonkeyPatch) -> None:
    in_a_room.setattr(room, "listens_to_others", lambda: False)
    in_a_room.setattr(room.st, "context", SimpleNamespace(headers={"Host": "localhost:8501"}))
    assert not AppTest.from_function(script).run().get("html")
