"""`resnet-viz`: the app from wherever it is installed.

    resnet-viz [--port 8501] [--host ADDRESS] [--home FOLDER] [--workers N] [--base-path PATH] [--headless] [-- STREAMLIT OPTIONS]
    resnet-viz doctor [the same options]

The doctor starts nothing: it says what is missing on this machine, and what limits a class here.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import resnet_viz
from resnet_viz.command import doctor
from resnet_viz.jobs.cluster import MOST_WORKERS


def app_file() -> Path:
    """The script that starts the app: inside an installed package, beside it in a checkout."""
    package = Path(resnet_viz.__file__).parent
    return next(path for path in (package / "app.py", package.parent / "app.py") if path.is_file())


def main(words: Sequence[str] | None = None) -> int:
    """The command line; does not come back while the app runs. 1: the doctor found something that has to be mended."""
    given = list(sys.argv[1:] if words is None else words)
    own, passed_on = _split(given)
    options = parser().parse_args(own)
    os.environ.update(environment(options))
    if options.what == "doctor":
        return doctor.main(options.host, options.port)
    return start([*flags(options), *passed_on])


def _split(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """What is ours, and what stands behind `--` and is Streamlit's."""
    at = words.index("--") if "--" in words else len(words)
    return list(words[:at]), list(words[at + 1 :])


def parser() -> argparse.ArgumentParser:
    """Of what is ours."""
    about, _, usage = (__doc__ or "").partition("\n")
    raw = argparse.RawDescriptionHelpFormatter
    made = argparse.ArgumentParser("resnet-viz", description=about, epilog=usage, formatter_class=raw, allow_abbrev=False)
    made.add_argument("what", nargs="?", choices=("start", "doctor"), default="start", help="(default: start)")
    made.add_argument("--port", type=_port, default=8501, help="where the app listens (default: 8501)")
    made.add_argument("--host", default="", help="the address it listens at; 127.0.0.1 for this machine only (default: all)")
    made.add_argument("--home", type=Path, help="the folder of finished runs, classes and downloads (RESNET_VIZ_HOME)")
    made.add_argument("--workers", type=_workers, help="processes that train (default: one a core, as far as the memory goes)")
    made.add_argument("--base-path", type=_base_path, default="", metavar="PATH", help="below which a proxy shows it: resnet")
    made.add_argument("--headless", action="store_true", help="open no browser")
    return made


def environment(options: argparse.Namespace) -> dict[str, str]:
    """What the app reads from its environment."""
    found = {"RESNET_VIZ_HOME": options.home and str(options.home.expanduser().resolve()), "RESNET_VIZ_WORKERS": options.workers}
    return {name: str(value) for name, value in found.items() if value}


def flags(options: argparse.Namespace) -> list[str]:
    """What Streamlit is told."""
    found = {"port": options.port, "address": options.host, "baseUrlPath": options.base_path, "headless": options.headless}
    return [word for name, value in found.items() if value for word in (f"--server.{name}", str(value).lower())]


def start(words: Sequence[str]) -> int:
    """`streamlit run` in the place of this process, so that the signals of whoever started it reach the app."""
    run = [sys.executable, "-m", "streamlit", "run", str(app_file()), *words]
    if sys.platform == "win32":  # which has no such place
        return subprocess.call(run)
    os.execv(run[0], run)


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65_535:
        raise argparse.ArgumentTypeError(f"a port is a number from 1 to 65535, got {text!r}")
    return int(text)


def _workers(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_WORKERS:
        raise argparse.ArgumentTypeError(f"workers are a number from 1 to {MOST_WORKERS}, got {text!r}")
    return int(text)


def _base_path(text: str) -> str:
    path = text.strip("/")
    if not re.fullmatch(r"([A-Za-z0-9._~-]+(/[A-Za-z0-9._~-]+)*)?", path):
        raise argparse.ArgumentTypeError(f"a base path is made of letters, digits and - . _ ~ between slashes, got {text!r}")
    return path


if __name__ == "__main__":
    sys.exit(main())
