"""`doctor`: what this machine lacks for the app, and what limits a class on it. Nothing is changed and nothing is sent."""

from __future__ import annotations

import platform
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import Requirement

from resnet_viz.home_folder import home

LEAST_PYTHON = (3, 11)
LEAST_FREE = 1 * 2**30
"""Bytes: the store's 200 MiB, CIFAR-10 with its archive, and something over."""
OPTIONAL = {"onnx": "networks are not exported as ONNX", "pillow-heif": "pictures in .heic files are not read"}


class Diagnosis(NamedTuple):
    """What one look at the machine came to."""

    verdict: str
    """`ok`, `note` where something is less than it could be, `fault` where the app cannot run."""
    said: str

    def __str__(self) -> str:
        return f"{self.verdict:<6}{self.said}"


def main(host: str, port: int) -> int:
    """Print all findings. 1 where one is a fault."""
    found = list(findings(host, port))
    print("\n".join(map(str, found)))
    return int(any(one.verdict == "fault" for one in found))


def findings(host: str, port: int) -> Iterator[Diagnosis]:
    """All of them, each made when it is asked for; a look that fails is a fault that says how."""
    looks: tuple[Callable[[], Iterator[Diagnosis]], ...] = (
        python,
        packages,
        torch_works,
        home_folder,
        lambda: the_port(host, port),
        capacity,
        lambda: addresses(host, port),
    )
    for look in looks:
        try:
            yield from look()
        except Exception as error:  # a doctor does not fall ill: whatever is wrong here, the others are still asked
            yield Diagnosis("fault", f"{type(error).__name__}: {error}")


def python() -> Iterator[Diagnosis]:
    """The interpreter."""
    said = f"Python {platform.python_version()} at {sys.executable}"
    least = ".".join(map(str, LEAST_PYTHON))
    yield Diagnosis("ok", said) if sys.version_info >= LEAST_PYTHON else Diagnosis("fault", f"{said}; {least} or newer is needed")


def packages() -> Iterator[Diagnosis]:
    """What `pip` has installed, against what the package asks for."""

    wrong: list[str] = []
    for line in required():
        wanted = Requirement(line)
        if wanted.marker and not wanted.marker.evaluate({"extra": ""}):
            continue
        try:
            version = metadata.version(wanted.name)
        except metadata.PackageNotFoundError:
            wrong.append(f"{wanted} is not installed")
            continue
        if not wanted.specifier.contains(version, prereleases=True):
            wrong.append(f"{wanted.name} is {version}, {wanted.specifier} is needed")
    yield Diagnosis("fault", "; ".join(wrong)) if wrong else Diagnosis("ok", "all packages are installed")
    for name, lost in OPTIONAL.items():
        try:
            metadata.version(name)
        except metadata.PackageNotFoundError:
            yield Diagnosis("note", f"without the package {name} {lost}")


def required() -> list[str]:
    """What the installed package asks for, or the checkout that nobody has installed."""
    try:
        return metadata.requires("resnet-viz") or []
    except metadata.PackageNotFoundError:
        return (Path(__file__).parents[2] / "requirements.txt").read_text(encoding="utf-8").split()


def torch_works() -> Iterator[Diagnosis]:
    """Whether torch and torchvision belong together: of two that do not, the second fails when it is imported."""
    import torch
    import torchvision

    torch.nn.functional.conv2d(torch.ones(1, 1, 3, 3), torch.ones(1, 1, 3, 3))
    yield Diagnosis("ok", f"torch {torch.__version__}, torchvision {torchvision.__version__}")


def home_folder() -> Iterator[Diagnosis]:
    """Whether what the app keeps can be written."""
    folder = home()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"0")
    except OSError as error:
        yield Diagnosis("fault", f"nothing can be written in {folder} ({error.strerror}); name another folder with --home")
        return
    free = shutil.disk_usage(folder).free
    said = f"{folder} can be written, {_gib(free)} are free"
    yield Diagnosis("ok", said) if free >= LEAST_FREE else Diagnosis("note", f"{said}; {_gib(LEAST_FREE)} are better")


def the_port(host: str, port: int) -> Iterator[Diagnosis]:
    """Whether the app can listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if sys.platform != "win32":  # there it would share the port with whoever has it
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            yield Diagnosis("fault", f"port {port} of {host or 'this machine'}: {error.strerror}; name another with --port")
            return
    yield Diagnosis("ok", f"port {port} is free")


def capacity() -> Iterator[Diagnosis]:
    """What limits a class: cores, memory, open files."""
    from dask.system import cpu_count
    from distributed.system import memory_limit

    from resnet_viz.jobs.cluster import APP_BYTES, WORKER_BYTES, worker_count
    from resnet_viz.ui.server.connections import limits
    from resnet_viz.ui.server.process import raise_file_limit

    cores, memory, workers = cpu_count(), memory_limit(), worker_count()
    said = f"{cores} cores and {_gib(memory)} of memory: {workers} runs train at a time"
    needed = APP_BYTES + WORKER_BYTES
    tight = f"{said}; the app and one worker take {_gib(needed)}"
    yield Diagnosis("ok", said) if memory >= needed else Diagnosis("note", tight)
    files = raise_file_limit()
    room = limits(files)
    said = f"{files:,} open files: {room.sessions} sessions at a time, {room.sessions_an_address} of them from one address"
    yield Diagnosis("ok", said) if room.sessions >= 600 else Diagnosis("note", f"{said}; `ulimit -n 4112` makes it 600")


def addresses(host: str, port: int) -> Iterator[Diagnosis]:
    """Where a class would find the app."""
    from resnet_viz.ui.server.network import network_addresses

    if host not in ("", "0.0.0.0", "::"):
        yield Diagnosis("ok", f"only {host} is listened at")
        return
    found = network_addresses()
    said = " · ".join(f"http://{address}:{port}/" for address in found)
    none = "this machine is in no network: only it can open the app"
    yield Diagnosis("ok", f"others open {said}, if no firewall is in between") if found else Diagnosis("note", none)


def _gib(count: int) -> str:
    return f"{count / 2**30:.1f} GiB"
