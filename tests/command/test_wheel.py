"""The wheel is all that the app needs: built, installed into an environment of its own, started elsewhere, every page run."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.session import Session
from resnet_viz.ui.kit.course import LESSONS
from tests.loops import run
from tests.modules import ROOT
from tests.servers import answers, free_port
from tests.waiting import until

pytestmark = [pytest.mark.endurance, pytest.mark.skipif(sys.platform == "win32", reason="the script is elsewhere")]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel; what it requires is the one's in which the tests run, and not installed again."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    made = folder / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(made)], check=True)
    (packages,) = made.glob("lib/python*/site-packages")
    (packages / "requirements.pth").write_text(f"{sysconfig.get_path('purelib')}\n", encoding="utf-8")
    install = [sys.executable, "-m", "pip", "--python", str(made / "bin" / "python"), "install", "-q", "--no-deps", "--no-index"]
    subprocess.run([*install, "--force-reinstall", str(wheel)], check=True, capture_output=True)
    return made


@pytest.fixture(scope="module")
def url(environment: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app, started by its command in an empty folder, below a base path."""
    folder, port = tmp_path_factory.mktemp("elsewhere"), free_port()
    words = ["--port", str(port), "--host", "127.0.0.1", "--home", "kept", "--base-path", "resnet", "--headless"]
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    with (folder / "log").open("wb") as log:
        started = subprocess.Popen([environment / "bin" / "resnet-viz", *words], cwd=folder, env=clean, stdout=log, stderr=log)
    try:
        address = f"http://127.0.0.1:{port}/resnet"
        until(lambda: answers(f"{address}/_stcore/health") == 200, 120)
        yield address
        until(lambda: answers(f"{address}/readyz") == 200, 180)
        assert {path.name for path in folder.iterdir()} <= {"log", "kept"}, "it writes where it was told to"
        assert "Traceback" not in (folder / "log").read_text()
    finally:
        started.terminate()
        started.wait(30)


def test_the_package_is_the_wheels(environment: Path) -> None:
    code = "import resnet_viz; print(resnet_viz.__file__)"
    found = subprocess.run([environment / "bin" / "python", "-c", code], cwd=environment, check=True, capture_output=True)
    assert Path(found.stdout.decode().strip()).is_relative_to(environment)


def test_every_page_runs_from_the_wheel(url: str) -> None:
    async def failures(page: str) -> list[str]:
        async with Session(url, page).connected() as session:
            ran = await session.run("lang=en")
            return ran.failures

    for page in ("", *LESSONS, "teach", "plan"):
        assert not run(failures(page)), page


def test_its_fonts_and_its_look_are_there(url: str) -> None:
    assert answers(f"{url}/app/static/cjk.woff2") == 200
    assert answers(f"{url}/qr.svg?to=/resnet/") == 200
