"""Servers and a browser for the benchmarks that need them."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[1]


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def wait_for(url: str, seconds: float = 180) -> None:
    """Until `url` answers 200."""
    deadline = time.monotonic() + seconds
    while not _answers(url):
        if time.monotonic() > deadline:
            raise TimeoutError(url)
        time.sleep(0.05)


@contextmanager
def serving(script: Path, folder: Path, **environment: str) -> Iterator[str]:
    """A Streamlit app on a free port, just started."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    options = ["--server.port", str(port), "--server.address", "127.0.0.1", "--server.headless", "true"]
    command = [sys.executable, "-m", "streamlit", "run", str(script), *options, "--browser.gatherUsageStats", "false"]
    env = {**os.environ, **environment}
    process = subprocess.Popen(command, cwd=folder, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{port}/_stcore/health")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def ours(warm: bool = True, home: str = "") -> Iterator[str]:
    """This app; `warm` waits until torch is imported, `home` is a folder for what it keeps."""
    with serving(ROOT / "app.py", ROOT, **({"RESNET_VIZ_HOME": home} if home else {})) as url:
        if warm:
            wait_for(f"{url}/readyz")
        yield url


@contextmanager
def one_line_app() -> Iterator[str]:
    """The smallest Streamlit app there is."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "app.py"
        script.write_text('import streamlit as st\nst.title("One line")\n', encoding="utf-8")
        with serving(script, Path(folder)) as url:
            yield url


def settle(page: Page) -> None:
    """Until the last run has ended and nothing is on its way."""
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    page.wait_for_load_state("networkidle")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Headless Chromium."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()
