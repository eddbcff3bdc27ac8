"""A server that is told to stop while a run trains and somebody watches takes everything with it that it has started."""

from __future__ import annotations

import http.client
import json
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
from tests.processes import children_with
from tests.servers import app
from tests.waiting import until

pytestmark = pytest.mark.endurance

RUN = Experiment(network(20), steps=2_000)


async def _train(url: str) -> str:
    """Open a link with a run and press its button; where its browser listens, below no base path."""
    session = Session(url, "degradation")
    async with session.connected():
        query = f"runs={quote(str(RUN))}"
        button = next(name for key, name in (await session.run(query)).buttons.items() if key.startswith("w_race_train"))
        drawn = await session.run(query, [press_of(button)])
        return str(json.loads(drawn.components["live"].json)["path"])


@pytest.mark.parametrize(("how", "base"), [(signal.SIGTERM, ""), (signal.SIGINT, "/resnet")])
def test_nothing_is_left_behind(tmp_path: Path, how: signal.Signals, base: str) -> None:
    """Also below a base path, and although somebody listens, whose answer has no end."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    own = {"TMPDIR": str(scratch), "RESNET_VIZ_HOME": str(tmp_path / "home")}
    below = ["--server.baseUrlPath", base] if base else []
    with app(tmp_path, "--server.headless", "true", *below, environment=own, base=base) as started:
        path = in_a_loop(_train(started.url + base))
        assert path.startswith(f"{base}/live/")
        assert started.ask(f"{path}x").status == 403, "there is no such place"
        listening = http.client.HTTPConnection("127.0.0.1", started.port, timeout=60)
        listening.request("GET", path)
        answer = listening.getresponse()
        assert answer.headers["content-type"].startswith("text/event-stream")
        until(lambda: answer.readline().startswith(b'data: ["run:'), 60)
        server = psutil.Process(started.process.pid)

        until(lambda: len(children_with(server, "resnet_viz.jobs.cluster")) >= 2, 60)
        children = children_with(server, "resnet_viz.jobs.cluster")
        os.kill(server.pid, how)
        server.wait(120)
        answer.read()  # it has come to its end
        listening.close()
        assert not [child for child in children if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]
    assert list(scratch.glob("resnet-viz-*")) == []
