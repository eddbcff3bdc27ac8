"""An app without pages: `python -m tests.jobs.app STORE EXPERIMENT…` asks for runs and watches them until it is killed."""

from __future__ import annotations

import atexit
import signal
import sys
from pathlib import Path

from resnet_viz.jobs import cluster
from resnet_viz.jobs.engine import Engine
from resnet_viz.jobs.store import Store
from resnet_viz.training.experiment import Experiment
from tests.jobs.eager_cluster import EagerProcess
from tests.waiting import until


def main() -> None:
    """The command line."""
    path, *texts = sys.argv[1:]
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have it ignored in what it starts in the background
    engine = Engine(Store(Path(path)), workers=1)
    atexit.register(engine.close)
    keys = [engine.ask(Experiment.parse(text), owner="app") for text in texts]
    print("asked", flush=True)

    def looked() -> bool:
        """Whoever watches looks for as long as the process lives."""
        for key in keys:
            engine.view(key, "app")
        return False

    until(looked, float("inf"))


if __name__ == "__main__":
    cluster.Process = EagerProcess  # type: ignore[misc]
    main()
