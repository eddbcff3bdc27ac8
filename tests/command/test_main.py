"""`resnet-viz`: what its options become, and what it refuses in one sentence."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from resnet_viz.command import main as command
from resnet_viz.command.main import app_file, environment, flags, main, parser
from resnet_viz.jobs.cluster import worker_count
from tests.modules import ROOT


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What Streamlit would be started with."""
    words: list[str] = []
    monkeypatch.setattr(command, "start", lambda given: words.extend(given) or 0)
    return words


def test_without_options_streamlits_defaults_hold(started: list[str]) -> None:
    assert main([]) == 0
    assert started == ["--server.port", "8501"]


def test_options_become_streamlits_and_the_environments(
    started: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("RESNET_VIZ_HOME", "RESNET_VIZ_WORKERS"):
        monkeypatch.setenv(name, "before")
    words = ["--port", "80", "--host", "127.0.0.1", "--home", str(tmp_path / "a b"), "--workers", "3", "--base-path", "/resnet/"]
    assert main([*words, "--headless", "--", "--theme.base", "dark", "--port"]) == 0
    assert started == [
        *("--server.port", "80", "--server.address", "127.0.0.1", "--server.baseUrlPath", "resnet", "--server.headless", "true"),
        *("--theme.base", "dark", "--port"),
    ]
    assert os.environ["RESNET_VIZ_HOME"] == str(tmp_path / "a b")
    assert worker_count() == 3


def test_what_is_not_said_is_left_as_it_is() -> None:
    options = parser().parse_args([])
    assert environment(options) == {}
    assert flags(options) == ["--server.port", "8501"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--port", "0"], "a number from 1 to 65535, got '0'"),
        (["--port", "web"], "a number from 1 to 65535, got 'web'"),
        (["--workers", "65"], "a number from 1 to 64, got '65'"),
        (["--base-path", "a?b"], "between slashes, got 'a?b'"),
        (["begin"], "invalid choice: 'begin'"),
    ],
)
def test_bad_options_are_quoted(words: list[str], said: str, capsys: pytest.CaptureFixture[str], started: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err
    assert not started


@pytest.mark.parametrize("given", ["0", "65", "two", "-1"])
def test_a_bad_number_of_workers_is_quoted(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("RESNET_VIZ_WORKERS", given)
    with pytest.raises(ValueError, match=f"from 1 to 64, got '{given}'"):
        worker_count()


def test_in_a_checkout_the_app_is_beside_the_package() -> None:
    assert app_file() == ROOT / "app.py"
