"""Where no process can be started, nothing is left behind and the reason is said."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import psutil
import pytest

from resnet_viz.jobs import cluster
from resnet_viz.jobs.onnx_file import onnx_file
from resnet_viz.refused import Refused

NOWHERE = "/no/such/program"


def test_the_onnx_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    before = psutil.Process().num_fds()
    monkeypatch.setattr(sys, "executable", NOWHERE)
    with pytest.raises(Refused, match="could not be made"):
        onnx_file("resnet18", 32, 0)
    assert psutil.Process().num_fds() == before


def test_a_clusters_process_leaves_no_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(FileNotFoundError):
        cluster.Process([NOWHERE], {})
    assert list(tmp_path.iterdir()) == []


def test_workers_that_were_started_before_one_that_cannot_be_are_the_clusters(monkeypatch: pytest.MonkeyPatch) -> None:
    class Up:
        address = "tcp://127.0.0.1:1"

        def poll(self) -> None:
            """It runs."""

        def is_up(self) -> bool:
            return True

    started: list[Up] = []

    def start(*_: str) -> Up:
        if len(started) == 2:
            raise BlockingIOError(11, "Resource temporarily unavailable")
        started.append(Up())
        return started[-1]

    def end(processes: Sequence[object]) -> None:
        ended.extend(processes)

    ended: list[object] = []
    monkeypatch.setattr(cluster, "start", start)
    monkeypatch.setattr(cluster, "end", end)
    made = cluster.Cluster(3)
    with pytest.raises(BlockingIOError):
        made.tend()
    made.close()
    assert ended == started
