"""The engine: runs experiments on a Dask cluster and keeps what they showed in the store.

An experiment's key is a digest of its text and is the name of its task, so whoever asks for it, from whatever session or app,
gets the same run. Pages ask and press; `Keeper`, in a thread of its own, does everything that has to wait for somebody.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from resnet_viz.jobs.cluster import worker_count
from resnet_viz.jobs.fair_queue import Busy, Share, Waiting
from resnet_viz.jobs.keeper import Keeper
from resnet_viz.jobs.limits import Limits
from resnet_viz.jobs.run_state import Right, RunState, RunView, key_of, nobodys
from resnet_viz.jobs.run_states import RunStates
from resnet_viz.jobs.shared_calls import Studies
from resnet_viz.jobs.store import Store
from resnet_viz.jobs.store_file import StoreBusy
from resnet_viz.refused import Refused
from resnet_viz.training.experiment import Experiment
from resnet_viz.training.records import StepRecord

LEASE = 75.0
"""Seconds after which a run that nobody looks at stops. A page that listens counts as looking, also in the background."""
OWNERS = 1_000
"""Sessions that are remembered to have looked; when more come, those are forgotten that have not for so long."""


class Engine:
    """Runs for everybody. Methods are quick and may be called from any thread; nothing waits for the cluster.

    `address` is a scheduler that is there already; without one, a scheduler and `workers` workers are started as processes
    of their own and end with this one. `owner` is the token of the session that asks; whoever has started a run may pause and
    stop it, so may who has a `Right` over the owner, and anybody once the owner's session has not looked for `lease` seconds.
    """

    def __init__(self, store: Store, *, address: str = "", workers: int | None = None, lease: float = LEASE) -> None:
        self.store, self.lease = store, lease
        self.limits, self.share = Limits(), Share()
        self._owners: dict[str, float] = {}
        self._owners_lock = threading.Lock()
        self._born = time.monotonic()
        self.runs = RunStates(store, lease)
        self.keeper = Keeper(self.runs, address, workers or worker_count())

    @property
    def problem(self) -> Refused | None:
        """What is wrong right now; None when all is well."""
        return self.keeper.problem

    @property
    def count(self) -> int:
        """Workers."""
        return self.keeper.connection.count

    @property
    def studies(self) -> Studies:
        """Measurements that the workers make for pages."""
        return self.keeper.studies

    # What pages ask for

    def ask(self, experiment: Experiment, rank: int = 0, owner: str = "") -> str:
        """The key of this experiment's run, which starts if there is none or goes on if it was stopped. For presses only.

        A run of rank 1 is one of many: it waits behind all that somebody asked for alone, which waits behind `TEACHERS`. Raises
        `Busy` where too much is waiting, and `Refused` beyond the limits.
        """
        self.limits.check(experiment)
        key, runs = key_of(experiment), self.runs
        self._seen(owner)
        with runs.lock:
            state = runs.state(key)
            starts = state is None or state.run.status in ("stopped", "failed")
            if starts:
                self._check_share(experiment, rank, owner)
            if state is None or rank < state.run.rank:
                run = self.store.ask(key, str(experiment), rank, owner)
                state = runs.take(run)
            if starts and state.run.reason != "diverged":
                state.owner = owner
                state.run = state.run._replace(rank=rank)
                if state.is_over:
                    state.set("waiting")
                    state.failures = 0
            if state.run.status == "waiting":
                state.command = "run"
            state.watched = time.time() + self.lease
        self.keeper.wake()
        return key

    def _check_share(self, experiment: Experiment, rank: int, owner: str) -> None:
        queue = [self.keeper.in_queue(state) for state in self.runs.unfinished()]
        most = self.limits.swept if rank > 0 else self.limits.waiting
        if sum(run.rank == rank for run in queue) >= most:
            raise Busy("busy", limit=most)
        own: list[Waiting] = [run for run in queue if run.owner == owner]
        self.share.check(own, rank, self.keeper.clock.work(str(experiment)))

    def prepare(self) -> None:
        """Start the cluster now, so that the first run need not wait for it."""
        self.keeper.prepare()

    def view(self, key: str, owner: str = "", right: Right = nobodys) -> RunView | None:
        """How a run stands; None where nobody has started it here. Asking keeps a run alive and never starts one."""
        self._seen(owner)
        try:
            state = self.runs.state(key)
        except StoreBusy:
            return None
        if state is None:
            return None
        state.watched = time.time() + self.lease
        return state.view(self._may_stop(state, owner, right))

    def watch(self, keys: Iterable[str], owner: str) -> None:
        """Somebody goes on watching these runs without asking anew: it keeps them alive."""
        self._seen(owner)
        for key in keys:
            if state := self.runs.known(key):
                state.watched = time.time() + self.lease

    def news(self, tell: Callable[[str, str], None]) -> None:
        """From now on `tell` gets a kind and a name whenever there is news, at once and from any thread: `run` and its key,
        `study` and the name of its calls (`Studies.name`), `engine` and `problem`."""
        self.runs.tell, self.studies.tell = partial(tell, "run"), partial(tell, "study")
        self.keeper.tell = partial(tell, "engine")

    def known(self, key: str) -> RunState | None:
        """What is in memory of a run; never waits."""
        return self.runs.known(key)

    def history(self, key: str, after: int = 0) -> Sequence[StepRecord]:
        """The records of a run with a step above `after`."""
        return self.runs.records(key)[after:]

    def seconds_left(self, experiment: Experiment, step: int) -> float | None:
        """Seconds that one worker needs for what is left of a run; None while the speed is not known or nothing comes."""
        return None if self.keeper.is_silent() else self.keeper.clock.seconds(str(experiment), step)

    def pause(self, key: str, owner: str = "", right: Right = nobodys) -> None:
        """Let a run wait where it is; its worker takes the next one. Raises `Refused` where it is another session's."""
        state = self._own(key, owner, right)
        with self.runs.lock:
            if state.run.status == "waiting" and not state.future:
                state.set("paused")
                state.ask("pause")  # for the worker, should another app have started it in this moment
            elif state.run.status in ("waiting", "running"):
                state.ask("pause")
        self.keeper.wake(tell=state)

    def resume(self, key: str, owner: str = "", right: Right = nobodys) -> None:
        """Let a paused run go on, or take a stopped one up again where it was. Raises as `ask`."""
        state = self.runs.state(key)
        if state is None:
            return
        if state.run.status in ("stopped", "failed"):
            self.ask(Experiment.parse(state.run.experiment), state.run.rank, owner)
            return
        self._own(key, owner, right)
        if state.run.status == "paused":
            state.set("waiting")
        state.command = "run"
        state.watched = time.time() + self.lease
        self.keeper.wake(tell=state)

    def cancel(self, key: str, owner: str = "", right: Right = nobodys) -> None:
        """Stop a run; what it has shown stays. Raises `Refused` where it is another session's."""
        state = self._own(key, owner, right)
        with self.runs.lock:
            if state.run.status == "paused" or (state.run.status == "waiting" and not state.future):
                state.set("stopped", "asked", step=state.steps)
                state.ask("stop")  # for the worker, should another app have started it in this moment
            elif not state.is_over:
                state.ask("stop")
        self.keeper.wake(tell=state)

    def close(self) -> None:
        """End the cluster that was started here. Unfinished runs stay in the store and are taken up by the next app."""
        self.keeper.close()

    def _own(self, key: str, owner: str, right: Right) -> RunState:
        self._seen(owner)
        state = self.runs.state(key)
        if state is None or not self._may_stop(state, owner, right):
            raise Refused("not_yours")
        return state

    def _may_stop(self, state: RunState, owner: str, right: Right) -> bool:
        if not state.owner or state.owner == owner or right(state.owner):
            return True
        return time.monotonic() - self._owners.get(state.owner, self._born) > self.lease

    def _seen(self, owner: str) -> None:
        now = time.monotonic()
        with self._owners_lock:
            self._owners[owner] = now
            if len(self._owners) > OWNERS:
                self._owners = {each: at for each, at in self._owners.items() if now - at <= self.lease}


__all__ = ["LEASE", "Busy", "Engine", "RunView", "key_of"]
