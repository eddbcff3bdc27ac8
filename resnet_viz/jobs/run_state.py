"""`RunState`: everything that an app knows of one run, and `RunView`, what of it a page is told."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from resnet_viz.jobs.changes import FINISHED, Status, StoredRun
from resnet_viz.refused import Refused
from resnet_viz.training.experiment import Experiment
from resnet_viz.training.records import StepRecord

log = logging.getLogger(__name__)

Command = Literal["", "run", "stop", "pause", "yield"]
SILENT = 20.0
"""Seconds without a step after which a run that trains counts as silent."""
DEATHS = 20
"""Workers of a run that may end while they train it."""

Right = Callable[[str], bool]
"""Whether the one who presses may stop runs of this owner, besides their own."""


def nobodys(_owner: str) -> bool:
    """The right of somebody who teaches no class."""
    return False


def key_of(experiment: Experiment | str) -> str:
    """The digest that names the run of an experiment, or of its text, everywhere."""
    return hashlib.blake2b(str(experiment).encode(), digest_size=8).hexdigest()


class RunView(NamedTuple):
    """A run as a page sees it."""

    run: StoredRun
    step: int
    """Steps there are."""
    ahead: int
    """Runs that will be taken up before it, while it waits."""
    wait: float | None
    """Seconds until it is expected to start, while it waits and the machine's speed is known."""
    asked: Command
    """`stop` or `pause` where somebody has asked for that and the worker has not obeyed yet."""
    silent: float | None
    """Seconds since the last news of a run that trains, where that is longer than usual."""
    unkept: Refused | None
    """Why the store cannot keep all of it."""
    may_stop: bool
    """Whether the one who asks may pause and stop it."""


class RunRecords:
    """The records of a run in order. Those that arrive before their predecessors wait until the gap is filled."""

    def __init__(self, records: Iterable[StepRecord] = ()) -> None:
        self.records: list[StepRecord] = []
        self._later: dict[int, StepRecord] = {}
        self.add(records)

    def __len__(self) -> int:
        return len(self.records)

    @property
    def has_gap(self) -> bool:
        """Whether a step is missing before one that is there."""
        return bool(self._later)

    def add(self, records: Iterable[StepRecord]) -> None:
        """Take records of any steps, in any order. A step that is there already is replaced: a repeated run repeats itself."""
        for record in records:
            if record.step <= len(self.records):
                self.records[record.step - 1] = record
            else:
                self._later[record.step] = record
        while len(self.records) + 1 in self._later:
            self.records.append(self._later.pop(len(self.records) + 1))


@dataclass
class RunState:
    """One run: what the store has of it, and what has happened since."""

    run: StoredRun
    owner: str
    """Token of who started it; empty where nobody said."""
    history: RunRecords | None = None
    """None while it is only in the store."""
    future: Any = None
    """Dask's future of the task that trains it, in the app that looks after the queue."""
    worker: str = ""
    """Address of the worker that trains it, as long as there is a future."""
    command: Command = ""
    """What somebody has pressed last and no worker has obeyed yet."""
    watched: float = 0.0
    """Seconds since 1970 until which somebody watches through this app."""
    told: bool = False
    """Whether there may be something of it on the scheduler."""
    told_at: float = 0.0
    """Seconds since 1970 at which the worker was told last what is wanted."""
    noted: float = 0.0
    """Until when the store says that it is watched through this app."""
    written: int = 0
    """Records that are in the store."""
    is_noted: bool = True
    """Whether the store has the status."""
    unkept: Refused | None = None
    """Why the store has not taken all of it."""
    retry_at: float = 0.0
    """When a store without room is tried again (monotonic)."""
    saved: int = 0
    """Step of the last checkpoint on the scheduler."""
    kept: int = 0
    """Step of the last checkpoint that the store has taken or refused."""
    started: float = 0.0
    """Seconds since 1970 at which its task was submitted."""
    heard: float = field(default_factory=time.monotonic)
    """When news came last (monotonic)."""
    gap_since: float = 0.0
    """Since when its history has a gap (monotonic); 0 where it has none."""
    is_interrupted: bool = False
    """Whether its task has begun before, and begins again without anybody having asked."""
    failures: int = 0
    """Attempts that had to be repeated for no fault of the run's."""
    ahead: int = 0
    wait: float | None = None
    version: int = 0
    """Rises with everything that a page is told of a run beside its steps."""
    noticed: tuple[int, Refused | None] = (0, None)
    """What of a run changes without anybody's doing, as it was when that was looked at last."""
    tell: Callable[[str], None] = lambda _key: None
    """Is told the run's key whenever there is news of it, from any thread."""

    @property
    def key(self) -> str:
        return self.run.key

    @property
    def is_over(self) -> bool:
        return self.run.status in FINISHED

    @property
    def until(self) -> float:
        """Until when somebody watches, through whatever app."""
        return max(self.watched, self.run.watched)

    @property
    def steps(self) -> int:
        """Steps there are, as far as is known without reading the history."""
        if self.history is not None:
            return len(self.history)
        return int(self.run.result.get("step", 0))

    @property
    def silent(self) -> float | None:
        """Seconds since the last news of a run that trains, where that is longer than usual."""
        since = time.monotonic() - self.heard
        return since if self.run.status == "running" and since > SILENT else None

    def set(self, status: Status, reason: str = "", **figures: Any) -> None:
        """What has become of the run; `write` brings it to the store."""
        if status != self.run.status:
            log.info("run %s: %s", self.key, status)
        self.run = self.run._replace(status=status, reason=reason, result=self.run.result | figures)
        self.is_noted = False
        if status != "running":
            self.command, self.ahead, self.wait = "", 0, None
        if status in FINISHED:
            self.run.result["at"] = round(time.time())
        self.changed()

    def lose_task(self) -> None:
        """The task that trained it is gone; the next begins at the last checkpoint."""
        if self.future:
            self.future, self.saved, self.is_interrupted = None, 0, True

    def bereave(self) -> None:
        """The worker that trained it has ended. Another takes it up, unless that has happened too often."""
        self.future.release()
        self.lose_task()
        self.failures += 1
        if self.failures >= DEATHS:
            self.set("failed", "killed", step=self.steps)

    def ask(self, command: Command) -> None:
        """What somebody has pressed."""
        self.command = command
        self.changed()

    def expect(self, ahead: int, wait: float | None) -> None:
        """How long it is expected to wait."""
        said = (self.ahead, round(self.wait or 0))
        self.ahead, self.wait = ahead, wait
        if said != (ahead, round(wait or 0)):
            self.changed()

    def notice(self) -> None:
        """Look at what changes without anybody's doing: how long the run has been silent, and whether the store takes it."""
        now = (round(self.silent or 0), self.unkept)
        if now != self.noticed:
            self.noticed = now
            self.changed()

    def changed(self) -> None:
        """There is news beside the steps."""
        self.version += 1
        self.tell(self.key)

    def view(self, may_stop: bool) -> RunView:
        is_asked = self.command in ("stop", "pause") and self.run.status in ("waiting", "running")
        asked: Command = self.command if is_asked else ""
        return RunView(self.run, self.steps, self.ahead, self.wait, asked, self.silent, self.unkept, may_stop)
