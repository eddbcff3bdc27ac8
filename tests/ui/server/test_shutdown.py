"""A server that is told to stop while a run trains takes everything with it that it has started."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from urllib.parse import quote

import psutil
import pytest

from benchmarks.session import Session, press_of
from resnet_viz.studies.race import network
from resnet_viz.training.experiment import Experiment
from tests.loops import run as in_a_loop
from tests.servers import app
from tests.waiting import until

RUN = Experiment(network(20), steps=2_000)


async def _train(url: str) -> None:
    """Open a link with a run and press its button."""
    session = Session(url, "degradation")
    async with session.connected():
        query = f"runs={quote(str(RUN))}"
        button = next(name for key, name in (await session.run(query)).buttons.items() if key.startswith("w_race_train"))
        await session.run(query, [press_of(button)])


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_nothing_is_left_behind(tmp_path: Path, how: signal.Signals) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    own = {"TMPDIR": str(scratch), "RESNET_VIZ_HOME": str(tmp_path / "home")}
    with app(tmp_path, "--server.headless", "true", environment=own) as started:
        in_a_loop(_train(started.url))
        server = psutil.Process(started.process.pid)

        def all_there() -> list[psutil.Process]:
            return [child for child in server.children(recursive=True) if "resnet_viz.jobs.cluster" in child.cmdline()]

        until(lambda: len(all_there()) >= 2, 60)
        children = all_there()
        os.kill(server.pid, how)
        server.wait(120)
        assert not [child for child in children if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]
    assert list(scratch.glob("resnet-viz-*")) == []
