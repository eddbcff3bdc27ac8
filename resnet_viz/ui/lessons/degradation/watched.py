"""How runs stand and what they have shown so far: the one place where this lesson looks at them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from resnet_viz.jobs.changes import FINISHED
from resnet_viz.jobs.run_state import RunView, key_of
from resnet_viz.training.experiment import Experiment
from resnet_viz.training.records import StepRecord
from resnet_viz.ui.kit import run_client


class Watched(NamedTuple):
    """One run as it is seen now."""

    run: Experiment
    view: RunView | None
    """None where nobody has started it here."""
    history: Sequence[StepRecord]

    @property
    def is_over(self) -> bool:
        """Whether no more steps come by themselves."""
        return self.view is not None and self.view.run.status in FINISHED

    @property
    def is_alive(self) -> bool:
        """Whether it waits or trains."""
        return run_client.alive([self.view])

    @property
    def topic(self) -> str:
        """Where the channel tells of it while it has steps to come; empty otherwise."""
        return f"run:{key_of(self.run)}" if self.view and self.view.run.status in run_client.OPEN else ""

    @property
    def is_done(self) -> bool:
        """Whether it has come to its last step."""
        return self.view is not None and self.view.run.status == "done"


def watch(runs: Sequence[Experiment]) -> list[Watched]:
    """All of them. Looking keeps a run alive and never starts one."""
    found = zip(runs, run_client.views(runs), strict=True)
    return [Watched(run, view, run_client.engine().history(key_of(run))) for run, view in found]
