"""The cluster's processes: nobody outside reaches them, they say what went wrong, and they leave nothing behind."""

from __future__ import annotations

import inspect
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import dask
import psutil
import pytest
import trustme
from distributed import Client, Security
from distributed.scheduler import Scheduler
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from resnet_viz import ResNetSpec
from resnet_viz.jobs import cluster
from resnet_viz.jobs.engine import Engine
from resnet_viz.jobs.scheduler_address import VARIABLES, security
from resnet_viz.jobs.store import Store
from resnet_viz.training.experiment import Experiment
from tests import waiting
from tests.loops import run as in_a_loop
from tests.processes import children_with

ROOT = Path(__file__).parents[2]
# Dask's own, from threads of its own
pytestmark = [pytest.mark.endurance, pytest.mark.filterwarnings("ignore")]


until = partial(waiting.until, seconds=90)


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the test's own for everybody's temporary files."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


@pytest.fixture
def made(scratch: Path) -> Iterator[cluster.Cluster]:
    found = cluster.Cluster(2)
    try:
        yield found
    finally:
        found.close()


def all_up(found: cluster.Cluster) -> bool:
    return bool(found.tend()) and all(process.is_up() for process in found.processes)


def listening(process: psutil.Process) -> set[str]:
    """Addresses on which a process and its children listen; each may end meanwhile."""
    found = []
    with suppress(psutil.NoSuchProcess):
        for each in (process, *process.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):  # or it has ended, and waits for its parent
                found += [c.laddr.ip for c in each.net_connections("inet") if c.status == psutil.CONN_LISTEN]
    return set(found)


def test_everything_listens_on_this_machine_only(made: cluster.Cluster) -> None:
    until(lambda: all_up(made))
    with Client(made.tend(), set_as_default=False) as client:
        client.wait_for_workers(2)
        assert client.gather(client.map(abs, [-1, -2, -3, -4])) == [1, 2, 3, 4]
        assert [listening(psutil.Process(process.pid)) for process in made.processes] == [{"127.0.0.1"}] * 3
        assert listening(psutil.Process()) <= {"127.0.0.1"}, "the client's process"


def test_a_scheduler_may_be_on_this_machine_by_its_other_number(scratch: Path) -> None:
    with socket.socket(socket.AF_INET6) as free:
        try:
            free.bind(("::1", 0))
        except OSError:
            pytest.skip("this machine has no IPv6")
        address = f"tcp://[::1]:{free.getsockname()[1]}"
    processes = [cluster.start("scheduler", address)]
    try:
        assert cluster.address_of(processes[0]) == address
        processes.append(cluster.start("worker", address))
        cluster.address_of(processes[1])
        assert [listening(psutil.Process(process.pid)) for process in processes] == [{"::1", "127.0.0.1"}, {"127.0.0.1"}]
    finally:
        cluster.end(processes)


def test_so_does_the_app_with_its_cluster(scratch: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port), "--server.address", "127.0.0.1"]
    command += ["--server.headless", "true"]
    environment = {**os.environ, "RESNET_VIZ_HOME": str(scratch / "home")}
    app = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        process = psutil.Process(app.pid)
        until(lambda: listening(process))
        with connect(f"ws://127.0.0.1:{port}/_stcore/stream", subprotocols=[Subprotocol("streamlit")], max_size=None) as visitor:
            message = BackMsg()
            message.rerun_script.page_name = "degradation"
            visitor.send(message.SerializeToString())

            until(lambda: (workers := children_with(process, "worker")) and all(map(listening, workers)))
            assert listening(process) == {"127.0.0.1"}
    finally:
        app.kill()
        app.wait()


def test_processes_end_with_an_app_that_is_killed_and_leave_nothing(scratch: Path) -> None:
    program = (
        "import sys; from resnet_viz.jobs.cluster import Cluster; from tests.waiting import until\n"
        "made = Cluster(1)\n"
        "until(lambda: made.tend() and all([p.is_up() for p in made.processes]))\n"
        "print(*[p.pid for p in made.processes], flush=True); sys.stdin.read()"
    )
    app = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert app.stdin
    assert app.stdout
    try:
        pids = [int(word) for word in app.stdout.readline().split()]
        assert len(pids) == 2
        assert len(list(scratch.iterdir())) == 2
    finally:
        app.kill()
        app.wait()
        app.stdin.close()
        app.stdout.close()
    until(lambda: not any(psutil.pid_exists(pid) for pid in pids))
    assert list(scratch.iterdir()) == []


def test_a_killed_worker_is_replaced_logged_and_cleared_up(
    made: cluster.Cluster, scratch: Path, caplog: pytest.LogCaptureFixture
) -> None:
    until(lambda: all_up(made))
    before = made.processes[1]
    assert Path(before.scratch).is_dir()
    os.kill(before.pid, signal.SIGKILL)
    until(lambda: before not in made.processes or not made.tend())
    until(lambda: all_up(made))
    assert len(made.processes) == 3
    assert not Path(before.scratch).exists()
    assert [f"process {before.pid}" in r.message and "exit code -9" in r.message for r in caplog.records].count(True) == 1
    made.close()
    assert list(scratch.iterdir()) == []


def test_folders_of_a_cluster_that_died_with_its_app_are_removed_by_the_next(scratch: Path) -> None:
    over = subprocess.Popen([sys.executable, "-c", ""])
    over.wait()
    for name in (over.pid, os.getpid(), "not-ours"):
        (scratch / f"{cluster.SCRATCH}{name}-abc" / "inside").mkdir(parents=True)
    cluster.remove_leftovers()
    assert {p.name for p in scratch.iterdir()} == {f"{cluster.SCRATCH}{name}-abc" for name in (os.getpid(), "not-ours")}


# What goes wrong while a process starts


def fake(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """Let every process run this program instead."""
    real = cluster.Process.__init__

    def run(self: cluster.Process, command: list[str], environment: dict[str, str]) -> None:
        real(self, [sys.executable, "-c", program], environment)

    monkeypatch.setattr(cluster.Process, "__init__", run)


HANGS = "import sys; print('Importing', flush=True); print('oh dear', file=sys.stderr, flush=True); sys.stdin.read()"
"""Until somebody closes its standard input or kills it."""


def test_a_process_that_hangs_is_killed_and_said(
    monkeypatch: pytest.MonkeyPatch, made: cluster.Cluster, scratch: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fake(monkeypatch, HANGS)
    assert made.tend() == "", "nothing waits"
    (process,) = made.processes
    until(lambda: len(process.last_words) == 2)
    assert not process.is_up()
    process.deadline = 0.0
    with pytest.raises(RuntimeError, match="has not started within 60 seconds: oh dear"):
        made.tend()
    assert process.returncode == -9
    assert made.processes == []
    assert "oh dear" in caplog.text
    assert list(scratch.iterdir()) == []


def test_waiting_for_a_process_that_hangs_has_an_end(monkeypatch: pytest.MonkeyPatch, scratch: Path) -> None:
    monkeypatch.setattr(cluster, "START_WITHIN", 0.5)
    fake(monkeypatch, HANGS)
    process = cluster.start("scheduler")
    with pytest.raises(RuntimeError, match="has not started"):
        cluster.address_of(process)
    cluster.end([process])


def test_a_process_that_fails_says_why(monkeypatch: pytest.MonkeyPatch, scratch: Path, caplog: pytest.LogCaptureFixture) -> None:
    fake(monkeypatch, "import sys; print('x' * 100_000); [print(n) for n in range(1000)]; raise SystemExit('no memory')")
    process = cluster.start("worker", "tcp://127.0.0.1:1")
    with pytest.raises(RuntimeError, match="exit code 1: no memory"):
        cluster.address_of(process)
    cluster.end([process])
    assert len(process.last_words) == cluster.LINES
    assert len(caplog.text) < 2 * cluster.LINES * cluster.LINE
    assert caplog.text.count("no memory") == 1


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("scheduler", "tcp://0.0.0.0:0"), "is written like"),
        (("scheduler", "tcp://0.0.0.0:1"), "not on this machine"),
        (("worker", "tls://127.0.0.1:1"), "TLS needs three files"),
    ],
)
def test_the_command_line_refuses_what_would_let_strangers_in(scratch: Path, arguments: tuple[str, str], reason: str) -> None:
    process = cluster.start(*arguments)
    with pytest.raises(RuntimeError, match=f"exit code 2.*{reason}"):
        cluster.address_of(process)
    cluster.end([process])


# TLS


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def pem_files(folder: Path, authority: trustme.CA) -> dict[str, str]:
    """An environment with certificates that this authority has signed."""
    folder.mkdir(exist_ok=True)
    paths = [folder / name for name in ("ca.pem", "cert.pem", "key.pem")]
    issued = authority.issue_cert("localhost")
    authority.cert_pem.write_to_path(paths[0])
    issued.cert_chain_pems[0].write_to_path(paths[1])
    issued.private_key_pem.write_to_path(paths[2])
    return dict(zip(VARIABLES, map(str, paths), strict=True))


async def greet(address: str, known: Security | None) -> None:
    """Connect and ask a scheduler who it is."""
    from distributed.core import rpc

    arguments = known.get_connection_args("client") if known else {}
    async with rpc(address, connection_args=arguments, timeout=2) as scheduler:
        assert (await scheduler.identity())["type"] == "Scheduler"


def test_with_certificates_all_talk_through_tls_and_strangers_are_turned_away(
    scratch: Path, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, strangers = pem_files(scratch / "ours", authority), pem_files(scratch / "strangers", trustme.CA())
    for name, path in ours.items():
        monkeypatch.setenv(name, path)
    made = cluster.Cluster(1)
    try:
        until(lambda: all_up(made))
        assert all(process.address.startswith("tls://127.0.0.1:") for process in made.processes)
        address = made.tend()
        with Client(address, security=security(address), set_as_default=False) as client:
            client.wait_for_workers(1)
            assert client.submit(abs, -7).result() == 7
            (worker,) = client.scheduler_info()["workers"]
            assert worker == made.processes[1].address
        half = strangers | {VARIABLES[0]: ours[VARIABLES[0]]}  # trusts our authority, which has not signed for it
        for environment in (strangers, half):
            with pytest.raises(OSError, match="before comm was established"):
                in_a_loop(greet(address, security(address, environment)))
        with pytest.raises(OSError, match="before comm was established"):
            in_a_loop(greet(address.replace("tls:", "tcp:"), None))
        in_a_loop(greet(address, security(address)))
    finally:
        made.close()


def test_a_run_trains_on_somebodys_own_scheduler_through_tls(
    scratch: Path, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, path in pem_files(scratch / "ours", authority).items():
        monkeypatch.setenv(name, path)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tls://127.0.0.1:{free.getsockname()[1]}"
    processes = [cluster.start("scheduler", address)]
    engine = None
    try:
        assert cluster.address_of(processes[0]) == address
        processes.append(cluster.start("worker", address))
        cluster.address_of(processes[1])
        engine = Engine(Store(scratch / "lab.sqlite"), address=address)
        spec = ResNetSpec(stages=(1,), width=4, stem="cifar/2", shortcut="A", classes=10)
        key = engine.ask(Experiment(spec, steps=3, batch=4))
        until(lambda: (view := engine.view(key)) and view.run.status == "done")
        assert len(engine.history(key)) == 3
    finally:
        if engine:
            engine.close()
        cluster.end(processes)


# How many


@pytest.fixture
def unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has said how many, as the tests' own surroundings do."""
    monkeypatch.delenv("RESNET_VIZ_WORKERS", raising=False)


@pytest.mark.usefixtures("unasked")
@pytest.mark.parametrize(
    ("cores", "gibibytes", "count"), [(1, 64, 1), (8, 64, 8), (8, 4, 4), (8, 2, 1), (8, 0.5, 1), (2, 2**53, 2)]
)
def test_there_are_as_many_workers_as_cores_and_memory_allow(cores: int, gibibytes: float, count: int) -> None:
    assert cluster.worker_count(cores=cores, memory=int(gibibytes * 2**30)) == count


@pytest.mark.usefixtures("unasked")
def test_the_limits_are_those_of_the_container(monkeypatch: pytest.MonkeyPatch) -> None:
    import distributed.system

    assert 1 <= cluster.worker_count() <= len(os.sched_getaffinity(0))
    monkeypatch.setattr(distributed.system, "memory_limit", lambda: 1)
    assert cluster.worker_count() == 1


def test_dask_knows_every_setting_of_ours() -> None:
    """Seen in distributed 2026.8: the length of a log of events is that of its low-level logs."""
    for name in cluster._SETTINGS:
        assert dask.config.get(name, default="unknown") != "unknown", f"Dask has no setting {name}: ours does nothing"
    reads = r'maxlen = dask\.config\.get\("distributed\.admin\.low-level-log-length"\)\s+self\._broker = Broker\(maxlen'
    assert re.search(reads, inspect.getsource(Scheduler)), "nothing bounds a log of events as we want"
