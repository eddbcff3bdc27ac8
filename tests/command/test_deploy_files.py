"""What docs/deploy.md, the containers, the service and the proxy say fits together, and is what the app understands."""

from __future__ import annotations

import importlib.util
import re
import shlex
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from resnet_viz.command.main import _split, flags, parser
from resnet_viz.ui.classroom.classroom import ALPHABET
from tests.modules import ROOT

FILES = [ROOT / name for name in ("docs/deploy.md", "compose.yaml", "Dockerfile", "deploy/resnet-viz.service", "README.md")]
NGINX = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def commands() -> list[list[str]]:
    """Every `resnet-viz …` that is to be typed or started, without the program."""
    found = []
    for path in FILES:
        for line in text(path).splitlines():
            starts = re.search(r"(?:^ {4}|command: |ExecStart=\S*/bin/|`)(?:\w+=\S+ )*(resnet-viz\b[^`]*)", line)
            listed = re.search(r'CMD \["resnet-viz", (.*)\]', line)
            if starts and not starts[1].startswith("resnet-viz:"):
                found.append(shlex.split(starts[1])[1:])
            elif listed:
                found.append([word.strip(' "') for word in listed[1].split(",")])
    return found


def test_every_command_is_understood() -> None:
    assert len(commands()) >= 8
    for words in commands():
        own, passed_on = _split(words)
        options = parser().parse_args([word.replace("FOLDER", "kept") for word in own])
        assert options.what in ("start", "doctor")
        assert flags(options)
        assert not passed_on or words[-1] != "--"


def typed() -> list[list[str]]:
    """Every line of the document's command blocks, in words."""
    return [shlex.split(line) for line in text(ROOT / "docs" / "deploy.md").splitlines() if line.startswith("    ")]


def test_what_is_typed_names_what_is_there() -> None:
    files = [word for words in typed() for word in words if word.startswith("deploy/")]
    modules = [words[words.index("-m") + 1] for words in typed() if "python" in words[0] and words[1:2] == ["-m"]]
    assert {Path(name).name for name in files} >= {"certificates", "resnet-viz.service"}
    assert set(modules) == {"venv", "resnet_viz.jobs.cluster"}
    for name in files:
        assert (ROOT / name).is_file(), name
    for name in modules:
        assert importlib.util.find_spec(name), name


def test_no_key_gets_into_the_image_or_the_history() -> None:
    """Where the certificates are made, beside what the image and the history are made of."""
    (folder,) = {words[1] for words in typed() if words[0] == "deploy/certificates"}
    assert f"./{folder}:/etc/resnet-viz/tls:ro" in text(ROOT / "compose.yaml")
    assert folder in text(ROOT / ".dockerignore").splitlines()
    assert f"/{folder}/" in text(ROOT / ".gitignore").splitlines()


def test_who_starts_the_containers_says_what_their_file_asks_for() -> None:
    asked = set(re.findall(r"\$\{(\w+):\?", text(ROOT / "compose.yaml")))
    assert asked == {"RESNET_VIZ_HOSTS", "TLS_GROUP"}
    started = [words for words in typed() if "compose" in words]
    assert len(started) == 2
    for words in started:
        assert {word.partition("=")[0] for word in words[: words.index("docker")] if "=" in word} == asked


@pytest.mark.parametrize("path", [*FILES, ROOT / "deploy" / "nginx.conf"], ids=lambda path: path.name)
def test_every_variable_is_read_by_the_app(path: Path) -> None:
    source = "".join(text(one) for one in (ROOT / "resnet_viz").rglob("*.py"))
    for name in set(re.findall(r"RESNET_VIZ_[A-Z_]*[A-Z]", text(path))) - {"RESNET_VIZ_DATA"}:
        assert f'"{name}"' in source, name


def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(text(ROOT / "compose.yaml"))["services"]
    return found


def test_the_proxy_and_the_apps_agree() -> None:
    """Each app of the proxy is a service of this name and port, with a letter that a code can have and that the proxy knows."""
    upstream = dict(re.findall(r"server (app-\w):(\d+) max_fails", NGINX))
    apps = {name: one for name, one in services().items() if name.startswith("app-")}
    assert upstream.keys() == apps.keys()
    for name, app in apps.items():
        own, _ = _split(shlex.split(app["command"])[1:])
        options = parser().parse_args(own)
        letter = app["environment"]["RESNET_VIZ_REPLICA"]
        assert (str(options.port), options.base_path, options.host) == (upstream[name], "resnet", "")
        assert name == f"app-{letter.lower()}"
        assert letter in ALPHABET
        assert re.search(rf"~\*\^{letter} +{letter.lower()};", NGINX)
        assert str(options.port) in str(app.get("healthcheck", text(ROOT / "Dockerfile")))


def test_what_is_mounted_and_copied_is_there() -> None:
    for service in services().values():
        for volume in service["volumes"]:
            source = volume.partition(":")[0]
            assert source in ("home", "./tls") or (ROOT / source).is_file(), source
    made = "".join(text(ROOT / "deploy" / "certificates").split())
    for file in set(re.findall(r"/etc/resnet-viz/tls/(\w+)\.\w+", text(ROOT / "compose.yaml") + NGINX)):
        assert f"sign{file}" in made or f"{file}.key" in made, file
    for words in re.findall(r"^COPY (?!--from)(.*) \S+$", text(ROOT / "Dockerfile"), re.MULTILINE):
        for name in words.split():
            assert (ROOT / name).exists(), name


def test_containers_read_the_clusters_key_and_no_other(tmp_path: Path) -> None:
    """Their user is another than whose files these are, so they come into a group that may read what they need."""
    subprocess.run(
        [ROOT / "deploy" / "certificates", str(tmp_path / "tls"), "class.example.org"], check=True, capture_output=True
    )
    assert stat.S_IMODE((tmp_path / "tls").stat().st_mode) == 0o750
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "tls").iterdir()}
    assert {name for name, mode in modes.items() if mode & 0o007 and not name.endswith(".crt")} == set()
    readers = [one for one in services().values() if "environment" in one and "RESNET_VIZ_TLS_KEY" in one["environment"]]
    assert len(readers) == 4
    for service in readers:
        assert "TLS_GROUP" in str(service["group_add"])
        for name in ("CA", "CERT", "KEY"):
            assert modes[Path(service["environment"][f"RESNET_VIZ_TLS_{name}"]).name] & 0o040, name
    assert [name for name, mode in modes.items() if name.endswith(".key") and mode & 0o040] == ["cluster.key"]


def test_no_container_may_write_its_root_or_is_anybody() -> None:
    for name, service in services().items():
        assert service["read_only"], name
        assert "/tmp" in service["tmpfs"], name
    assert re.search(r"^USER resnet-viz$", text(ROOT / "Dockerfile"), re.MULTILINE)
