"""A scheduler that lets strangers in is refused, however its address is written."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from resnet_viz.jobs.scheduler_address import INSECURE, VARIABLES, SchedulerRefused, check_address, security

NAMES = {
    "here": ["127.0.0.1", "::1"],
    "there": ["192.0.2.7"],
    "both": ["127.0.0.1", "192.0.2.7"],
    "mapped": ["::ffff:127.0.0.1"],
    "mapped-there": ["::ffff:192.0.2.7"],
    "linked": ["fe80::1%eth0"],
}


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    """What names resolve to; numbers resolve to themselves, as always."""
    real = socket.getaddrinfo

    def resolve(host: str, port: object, **options: int) -> list[tuple[int, int, int, str, tuple[str, int]]]:
        if host not in NAMES:
            return real(host, None, flags=socket.AI_NUMERICHOST, **options)  # type: ignore[return-value]
        return [(0, 0, 0, "", (number, 0)) for number in NAMES[host]]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """An environment that names three files."""
    found = {}
    for name in VARIABLES:
        path = tmp_path / name
        path.touch()
        found[name] = str(path)
    return found


def refusal(text: str, environment: dict[str, str]) -> str:
    with pytest.raises(SchedulerRefused) as found:
        check_address(text, environment)
    assert found.value.said("zh") != str(found.value)
    return found.value.code


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "[::1]", "[::ffff:127.0.0.1]", "here", "mapped"])
def test_this_machine_needs_no_tls(host: str) -> None:
    assert check_address(f"tcp://{host}:8786", {}) == f"tcp://{host}:8786"
    assert check_address(f"{host}:8786", {}) == f"tcp://{host}:8786"


@pytest.mark.parametrize("host", ["192.0.2.7", "[2001:db8::1]", "0.0.0.0", "[::]", "there", "both", "mapped-there", "linked"])
def test_another_machine_needs_tls_or_an_override(host: str, files: dict[str, str]) -> None:
    for environment in ({}, files, {INSECURE: "0"}, {INSECURE: ""}):
        assert refusal(f"tcp://{host}:8786", environment) == "scheduler_open"
    assert check_address(f"tcp://{host}:8786", {INSECURE: "1"}) == f"tcp://{host}:8786"
    assert check_address(f"tls://{host}:8786", files) == f"tls://{host}:8786"


def test_an_unknown_name_is_said() -> None:
    assert refusal("tcp://nowhere:8786", {}) == "scheduler_unknown"
    assert refusal(f"tcp://{'x' * 300}:8786", {}) == "scheduler_unknown"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tcp://",
        "tcp://127.0.0.1",
        "tcp://127.0.0.1:",
        "tcp://127.0.0.1:0",
        "tcp://127.0.0.1:99999",
        "tcp://127.0.0.1:x",
        "tcp://127.0.0.1:80/path",
        "tcp://127.0.0.1:80?a",
        "tcp://ann@127.0.0.1:80",
        "tcp://127.0.0.1:80\n",
        "tcp://[::1:80",
        "tcp://::1:80",
        "ucx://127.0.0.1:80",
        "ws://127.0.0.1:80",
        "http://127.0.0.1:80",
        "inproc://127.0.0.1/1/1",
        "调度器",
        "x" * 5000,
    ],
)
def test_garbage_is_quoted_briefly(text: str) -> None:
    assert refusal(text, {}) == "scheduler_address"
    with pytest.raises(SchedulerRefused) as found:
        check_address(text, {})
    assert len(str(found.value)) < 400


@pytest.mark.parametrize("missing", VARIABLES)
def test_tls_needs_its_three_files(files: dict[str, str], missing: str) -> None:
    assert refusal("tls://127.0.0.1:8786", {}) == "scheduler_files"
    for given in ("", "/no/such/file"):
        environment = files | {missing: given}
        assert refusal("tls://127.0.0.1:8786", environment) == "scheduler_files"
        with pytest.raises(SchedulerRefused, match=f"{missing} names '{given}'"):
            security("tls://127.0.0.1:8786", environment)


def test_security_is_for_tls_only(files: dict[str, str]) -> None:
    assert security("tcp://127.0.0.1:8786", files) is None
    found = security("tls://127.0.0.1:8786", files)
    assert found
    assert found.require_encryption
    assert found.tls_ca_file == files[VARIABLES[0]]
    assert {found.tls_client_key, found.tls_worker_key, found.tls_scheduler_key} == {files[VARIABLES[2]]}


def test_files_that_are_closed_to_the_app_are_said(guarded: Path) -> None:
    """As a container's user meets them whose folder is somebody else's."""
    closed = guarded / "tls"
    closed.mkdir()
    found = {name: str(closed / name) for name in VARIABLES}
    for path in found.values():
        Path(path).touch()
    assert check_address("tls://127.0.0.1:8786", found)
    (closed / VARIABLES[-1]).chmod(0)
    assert refusal("tls://127.0.0.1:8786", found) == "scheduler_files"
    closed.chmod(0)
    assert refusal("tls://127.0.0.1:8786", found) == "scheduler_files"
