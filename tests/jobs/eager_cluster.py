"""`python -m tests.jobs.eager_cluster`: `resnet_viz.jobs.cluster`, whose workers save ten times as often: runs may be short."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from resnet_viz.jobs import cluster


class EagerProcess(cluster.Process):
    """In the place of a cluster's process."""

    def __init__(self, command: Sequence[str], environment: dict[str, str]) -> None:
        super().__init__([sys.executable, "-m", "tests.jobs.eager_cluster", *command[3:]], environment)


if __name__ == "__main__":
    if sys.argv[1] == "worker":
        from resnet_viz.jobs import task

        task.SAVE_EVERY, task.LISTEN_EVERY = 0.3, 0.1
    cluster.main()
