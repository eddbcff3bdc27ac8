"""The doctor finds what is wrong, and nothing where nothing is."""

from __future__ import annotations

import socket
import sys
from importlib import metadata
from pathlib import Path

import pytest

from resnet_viz.command import doctor
from resnet_viz.command.doctor import Diagnosis, findings
from resnet_viz.command.main import main
from resnet_viz.jobs.cluster import APP_BYTES
from tests.servers import free_port


def faults(host: str = "127.0.0.1", port: int = 0) -> list[Diagnosis]:
    return [one for one in findings(host, port or free_port()) if one.verdict == "fault"]


def test_here_all_is_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    home = tmp_path / "new" / "home"
    monkeypatch.setenv("RESNET_VIZ_HOME", str(home))
    assert main(["doctor", "--port", str(free_port())]) == 0
    said = capsys.readouterr().out
    assert f"{home} can be written" in said
    assert "Python 3." in said
    assert "cores and" in said
    assert list(home.iterdir()) == [], "it leaves nothing behind"


def test_a_port_that_is_taken_is_a_fault(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["doctor", "--host", "127.0.0.1", "--port", str(port)]) == 1
    assert f"fault port {port} of 127.0.0.1" in capsys.readouterr().out


def test_a_home_that_cannot_be_written_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("RESNET_VIZ_HOME", str(tmp_path / "file" / "home"))
    (fault,) = faults()
    assert str(tmp_path / "file" / "home") in fault.said
    assert "--home" in fault.said


def test_missing_and_old_packages_are_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = ["numpy>=2", "pillow>=999", "no-such-package>=1", "onnx>=1; extra == 'onnx'"]
    monkeypatch.setattr(doctor, "required", lambda: wanted)
    (fault,) = faults()
    version = metadata.version("pillow")
    assert fault.said == f"pillow is {version}, >=999 is needed; no-such-package>=1 is not installed"


def test_a_torch_that_does_not_import_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torchvision", None)
    (fault,) = faults()
    assert "torchvision" in fault.said


def test_little_memory_and_few_files_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("distributed.system.memory_limit", lambda: APP_BYTES)
    monkeypatch.setattr("resnet_viz.ui.server.process.raise_file_limit", lambda: 1024)
    notes = [one.said for one in doctor.capacity() if one.verdict == "note"]
    assert len(notes) == 2
    assert "1 runs train at a time" in notes[0]
    assert "85 sessions" in notes[1]


def test_where_others_find_the_app_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resnet_viz.ui.server.network.network_addresses", lambda: ["192.0.2.7", "198.51.100.3"])
    (found,) = doctor.addresses("", 80)
    assert "http://192.0.2.7:80/ · http://198.51.100.3:80/" in found.said
    monkeypatch.setattr("resnet_viz.ui.server.network.network_addresses", list)
    (found,) = doctor.addresses("", 80)
    assert found.verdict == "note"
    (found,) = doctor.addresses("127.0.0.1", 80)
    assert "only 127.0.0.1" in found.said
