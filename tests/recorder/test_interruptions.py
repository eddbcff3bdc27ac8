"""Runs that are interrupted, killed or side by side end with the same weights, and take nobody else's place."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from resnet_viz.jobs import cluster
from resnet_viz.recorder import parallel, recording, train
from resnet_viz.recorder.command import main
from tests.recorder.tiny_runs import NET, PLAIN, card_of, command, course, plan_of_two

pytestmark = pytest.mark.endurance


def interrupted_in(patch: pytest.MonkeyPatch, evaluation: int) -> None:
    """Ctrl + C while an epoch's test pictures are evaluated."""
    evaluate, done = recording.evaluate, []

    def interrupted(*arguments: Any, **named: Any) -> tuple[float, float]:
        if len(done) == evaluation:
            raise KeyboardInterrupt
        done.append(1)
        return evaluate(*arguments, **named)

    patch.setattr(recording, "evaluate", interrupted)


def test_an_interrupted_plan_ends_with_the_same_weights(monkeypatch: pytest.MonkeyPatch, pictures: Path, tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    words = plan_of_two(pictures, broken)
    assert main([*plan_of_two(pictures, whole), "--workers", "1"]) == 0
    with monkeypatch.context() as patch:
        interrupted_in(patch, 2)
        assert main([*words, "--workers", "1"]) == 130
    assert [path.name for path in broken.iterdir()] == [f"{NET}.checkpoint"], "nothing is published before the end"
    with monkeypatch.context() as patch:
        interrupted_in(patch, 2)  # the last epoch of the first network, the first of the second, and no more
        assert main([*words, "--workers", "1"]) == 130
    made = (broken / f"{NET}.json").stat().st_mtime_ns
    assert main([*words, "--workers", "1"]) == 0
    assert (broken / f"{NET}.json").stat().st_mtime_ns == made, "what is recorded is left alone"
    for net in (NET, PLAIN):
        assert (whole / f"{net}.safetensors").read_bytes() == (broken / f"{net}.safetensors").read_bytes()
        assert course(whole, net) == course(broken, net)


def test_side_by_side_is_one_after_the_other_even_if_a_process_is_killed(
    monkeypatch: pytest.MonkeyPatch, pictures: Path, tmp_path: Path
) -> None:
    one, many = tmp_path / "one", tmp_path / "many"
    assert main([*plan_of_two(pictures, one), "--workers", "1"]) == 0
    started: list[subprocess.Popen[str]] = []
    start, tell = cluster.start, train.WeightedBar.tell

    def remembered(*arguments: str, **environment: str) -> subprocess.Popen[str]:
        started.append(start(*arguments, **environment))
        return started[-1]

    def kill_once(bar: train.WeightedBar, name: str, done: int, total: int) -> None:
        tell(bar, name, done, total)
        if len(started) == 3 and started[1].poll() is None:
            os.kill(started[1].pid, signal.SIGKILL)

    monkeypatch.setattr(parallel.cluster, "start", remembered)
    monkeypatch.setattr(train.WeightedBar, "tell", kill_once)
    assert main([*plan_of_two(pictures, many), "--workers", "2"]) == 0
    assert [process.returncode is not None for process in started] == [True] * 3, "no process is left"
    assert started[1].returncode == -signal.SIGKILL
    for net in (NET, PLAIN):
        assert (one / f"{net}.safetensors").read_bytes() == (many / f"{net}.safetensors").read_bytes()
        assert course(one, net) == course(many, net)


def test_another_runs_files_are_never_gone_on_from_or_replaced(
    monkeypatch: pytest.MonkeyPatch, pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as patch:
        interrupted_in(patch, 1)
        main(command(pictures, tmp_path))
    assert main(command(pictures, tmp_path, epochs=3)) == 1
    assert "2 epochs" in capsys.readouterr().err
    assert main(command(pictures, tmp_path)) == 0
    before = (tmp_path / f"{NET}.safetensors").read_bytes()
    capsys.readouterr()
    assert main([*command(pictures, tmp_path), "--seed", "9"]) == 2
    assert "with seed 0, this run has 9" in capsys.readouterr().err
    assert (tmp_path / f"{NET}.safetensors").read_bytes() == before


def test_a_scheduler_that_is_there_already_is_used(monkeypatch: pytest.MonkeyPatch, pictures: Path, tmp_path: Path) -> None:
    processes = [cluster.start("scheduler")]
    try:
        address = cluster.address_of(processes[0])
        processes.append(cluster.start("worker", address))
        cluster.address_of(processes[1])
        monkeypatch.setenv("RESNET_VIZ_SCHEDULER", address)
        monkeypatch.setattr(parallel, "record", None)  # not in this process
        monkeypatch.setattr(parallel.cluster, "start", None)  # and not in new ones
        assert main(command(pictures, tmp_path, epochs=1)) == 0
        assert main([*command(pictures, tmp_path / "b"), "--batch", "17"]) == 1, "what goes wrong there is told here"
    finally:
        cluster.end(processes)
    assert card_of(tmp_path)["test_pictures"] == 8
