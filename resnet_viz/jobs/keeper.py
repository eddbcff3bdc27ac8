"""`Keeper`: the thread that looks after the runs of one store.

Of all apps on a store one leads: it submits runs, renews their leases, and writes what they show. The others hear the same
events, write down until when their users watch, and pass on what is pressed. When the leader dies another app leads and goes
on from the last checkpoints.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError
from typing import Any

from resnet_viz.jobs.cluster import TRAINING
from resnet_viz.jobs.connection import Connection
from resnet_viz.jobs.eta import Clock
from resnet_viz.jobs.fair_queue import Served, Waiting, order, overdue
from resnet_viz.jobs.run_state import RunState
from resnet_viz.jobs.run_states import RunStates
from resnet_viz.jobs.shared_calls import Studies
from resnet_viz.jobs.store_file import StoreBusy
from resnet_viz.jobs.store_problems import StoreFull
from resnet_viz.jobs.task import ENDS, Wishes, delete_variables, read_checkpoint, read_wishes, train, write_wishes
from resnet_viz.refused import Refused
from resnet_viz.training.records import StepRecord

log = logging.getLogger(__name__)

RENEW_EVERY = 10.0
"""Seconds between two renewals of a lease."""
INSIST_EVERY = 1.0
"""Seconds after which a wish that has not been obeyed is told again."""
PULSE, IDLE = 0.25, 1.0
"""Seconds between two looks of the thread, while something is unfinished and otherwise."""
REPEATS = 5
"""Attempts after which a run that cannot be settled fails."""
_LOST_CONNECTION = (OSError, TimeoutError, CancelledError)


class Keeper:
    """Methods may be called from any thread."""

    def __init__(self, runs: RunStates, address: str, count: int) -> None:
        self.runs = runs
        self.clock, self.served = Clock(), Served()
        self.connection = Connection(runs.store.path, address, count, self._heard)
        self.studies = Studies(lambda: self.connection.client, wake=self.wake, workers=lambda: self.connection.count)
        self.tell: Callable[[str], None] = lambda _name: None
        """Is told `problem` when it has changed."""
        self._said = ""
        self._wake, self._closing, self._wanted = threading.Event(), threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._look_after, name="job engine", daemon=True)
        self._thread.start()

    @property
    def problem(self) -> Refused | None:
        """What is wrong right now."""
        return self.connection.problem or self.runs.store.problem

    def prepare(self) -> None:
        """Start the cluster although nothing has been asked for."""
        self._wanted.set()
        self.wake()

    def wake(self, tell: RunState | None = None) -> None:
        """Look at once, and tell the worker of a run at once what is wanted of it."""
        if tell:
            tell.told_at = 0.0
        self._wake.set()

    def in_queue(self, state: RunState) -> Waiting:
        """A run as the queue sees it."""
        run = state.run
        return Waiting(run.key, state.owner, run.rank, run.created, self.clock.work(run.experiment, state.steps))

    def is_silent(self) -> bool:
        """Whether a run that should train shows nothing: what is expected of the others is then not known."""
        return any(state.silent for state in self.runs.unfinished())

    def close(self) -> None:
        """End the thread, and the cluster that was started here."""
        self._closing.set()
        self._wake.set()
        self._thread.join(20)

    # What the thread does

    def _look_after(self) -> None:
        while not self._closing.is_set():
            try:
                self._tick()
            except StoreBusy as error:
                log.debug("%s", error)
            except Exception as error:  # whatever it is: say it, and try again with a new connection
                self.connection.lost(error)
                self._drop_futures()
                self._closing.wait(1)
            self._notice()
            self._wake.wait(PULSE if self.runs.unfinished() else IDLE)
            self._wake.clear()
        self._each(self._write)
        self.runs.store.flush()
        self.connection.close()

    def _notice(self) -> None:
        """Tell what changes without anybody's doing."""
        for state in self.runs.unfinished():
            state.notice()
        said = str(self.problem or "")
        if said != self._said:
            self._said = said
            self.tell("problem")

    def _tick(self) -> None:
        self.connection.lead()
        self.runs.sync()
        self._each(self._write)
        self.runs.store.flush()
        self.runs.evict()
        self._estimate()
        if (self._wanted.is_set() or self.runs.unfinished()) and self.connection.ready():
            if self.connection.leads:
                self._each(self._settle)
                self._submit()
                self._each(self._fetch)
            self._each(self._tell)
            self.studies.sweep()

    def _each(self, do: Callable[[RunState], None]) -> None:
        for state in self.runs.all():
            self._guarded(do, state)

    def _guarded(self, do: Callable[[RunState], None], state: RunState) -> None:
        """What goes wrong with one run ends that run and no other; a lost connection is everybody's."""
        try:
            do(state)
        except (StoreBusy, StoreFull) as error:
            log.debug("run %s: %s", state.key, error)
        except _LOST_CONNECTION as error:
            state.failures += 1
            if state.failures < REPEATS:
                raise
            self._fail(state, error)
        except Exception as error:
            log.exception("run %s", state.key)
            self._fail(state, error)

    def _write(self, state: RunState) -> None:
        self.runs.write(state, leads=self.connection.leads)

    def _submit(self) -> None:
        """Give free workers the next runs of the queue, and end the turn of those that have trained long while others wait."""
        now, served = time.time(), self.served.lately()
        queue, training = [], []
        states = {state.key: state for state in self.runs.unfinished()}
        for state in states.values():
            if state.future:
                training.append((self.in_queue(state), now - state.started))
            elif state.run.status == "paused":
                continue
            elif max(state.until, state.run.created + self.runs.lease if state.run.status == "waiting" else 0) < now:
                state.set("stopped", reason="left", step=len(self.runs.history(state)))
            else:
                if state.run.status == "running":  # trained by a cluster that is gone
                    state.is_interrupted = True
                    state.set("waiting")
                queue.append(self.in_queue(state))
        taken = {state.worker for state in states.values() if state.future}
        free = [worker for worker in self.connection.workers if worker not in taken]
        waiting = order(queue, served)
        for run, worker in zip(waiting, free, strict=False):
            states[run.key].worker = worker
            self._guarded(self._start, states[run.key])
        for key in overdue(training, waiting[len(free) :], served):
            if not states[key].command:
                states[key].command = "yield"
                self.wake(tell=states[key])

    def _start(self, state: RunState) -> None:
        client, key, experiment = self.connection.client, state.key, state.run.experiment
        resume = self.runs.checkpoint(state)
        state.command, state.saved, state.started, state.heard = "", 0, time.time(), time.monotonic()
        write_wishes(client, key, Wishes(max(state.until, time.time() + self.runs.lease)))
        state.told, state.told_at = True, time.time()
        where = {"workers": [state.worker], "resources": TRAINING}
        state.future = client.submit(train, key, experiment, resume, key=f"train-{key}", pure=False, **where)
        state.expect(0, None)
        with self.runs.lock:  # with it a page looks whether there is a task, and notes what is pressed
            is_wanted = state.run.status not in ("paused", "stopped")
        if is_wanted:
            state.future.add_done_callback(lambda _: self.wake())
        else:
            self._take_task(state)

    def _take_task(self, state: RunState) -> None:
        """The run has no task any more; from now on no message makes it one that trains."""
        with self.runs.lock:
            future, state.future = state.future, None
        if future:
            future.release()

    def _settle(self, state: RunState) -> None:
        """Look whether the task of a run has ended, and with what."""
        future = state.future
        if future is None or future.status == "pending":
            if future and state.worker not in self.connection.workers:
                state.bereave()
            return
        self.runs.history(state)  # where the store is busy, later
        result = future.result(timeout=5) if future.status == "finished" else None
        error = future.exception(timeout=5) if future.status == "error" else None
        self._take_task(state)
        if result:
            self._ended(state, result)
        elif error:
            self._fail(state, error)
        self.wake()

    def _ended(self, state: RunState, result: dict[str, Any]) -> None:
        history, step, reason = self.runs.history(state), int(result["step"]), result["reason"]
        with self.runs.lock:
            history.add(map(StepRecord.from_json, result["records"]))
        if len(history) < step:  # told by a worker that has died since, and never heard: train those steps again
            state.failures += 1
            state.is_interrupted = True
            if state.failures < REPEATS:
                state.set("waiting")
            else:
                state.set("failed", reason="lost", step=len(history))
            return
        state.is_interrupted = False
        if "checkpoint" in result:
            self._write(state)
            self.runs.keep(state, *result["checkpoint"])
        if not reason:
            figures = {name: result[name] for name in ("loss", "error", "test_error")}
            state.set("done", step=step, **figures)
        elif reason == "diverged":
            state.set("stopped", reason=reason, step=step)
        elif reason == "turn" or state.command == "run" or (reason == "left" and state.until > time.time()):
            state.set("waiting", step=step)
        elif reason == "paused":
            state.set("paused", step=step)
        else:
            state.set("stopped", reason=reason, step=step)

    def _fail(self, state: RunState, error: BaseException) -> None:
        """The run ends with a reason."""
        self._take_task(state)
        state.set("failed", f"{type(error).__name__}: {error}"[:200], step=state.steps)

    def _fetch(self, state: RunState) -> None:
        """Bring a checkpoint into the store, so that it outlives the scheduler; not before the steps that lead to it."""
        if state.future is None or state.saved <= state.kept or state.written < state.saved:
            return
        found = read_checkpoint(self.connection.client, state.key)
        if found and found[0] <= state.written:
            self.runs.keep(state, *found)

    def _tell(self, state: RunState) -> None:
        """Renew the lease of a run, pass on what is pressed, and ask for steps that have not been heard."""
        client = self.connection.client
        if state.is_over or state.run.status == "paused":
            if state.told:
                delete_variables(client, state.key)
                state.told = False
            return
        if state.command in ("stop", "pause") and state.future and (state.run.status == "waiting" or state.silent):
            self._take_task(state)  # no worker has it, or none that listens
            state.set(*(("stopped", "asked") if state.command == "stop" else ("paused",)), step=state.steps)
            return
        if not (state.future or state.command in ENDS):
            return
        now, again = time.time(), self._missing(state)
        insists = state.command in ENDS or again >= 0
        if now - state.told_at < (INSIST_EVERY if insists else RENEW_EVERY):
            return
        before = read_wishes(client, state.key)
        command = state.command if state.command in ENDS else "" if state.command == "run" else before.command
        write_wishes(client, state.key, Wishes(max(state.until, before.until), command, again))
        state.told, state.told_at = True, now

    def _missing(self, state: RunState) -> int:
        """The last step before a gap that has been there for a while; -1 where there is none."""
        if state.history is None or not state.history.has_gap:
            state.gap_since = 0.0
        elif not state.gap_since:
            state.gap_since = time.monotonic()
        elif state.future and time.monotonic() - state.gap_since > INSIST_EVERY:
            return len(state.history)
        return -1

    def _estimate(self) -> None:
        """For each run that waits: how many are before it, and how long they will take."""
        states = {state.key: state for state in self.runs.unfinished()}
        waiting = [self.in_queue(state) for state in states.values() if state.run.status == "waiting" and not state.future]
        trained = [self.in_queue(state) for state in states.values() if state.future or state.run.status == "running"]
        before, is_silent, count = sum(run.work for run in trained), self.is_silent(), self.connection.count
        for ahead, run in enumerate(order(waiting, self.served.lately())):
            seconds = self.clock.time(before)
            waits = ahead >= count - len(trained) and not is_silent  # a worker that is free takes it up at once
            states[run.key].expect(ahead, seconds / count if waits and count and seconds is not None else None)
            before += run.work

    def _drop_futures(self) -> None:
        """The connection is gone, and with it all tasks."""
        for state in self.runs.unfinished():
            state.lose_task()

    # What workers say

    def _heard(self, message: dict[str, Any]) -> None:
        """One event of one run, told by whichever worker has it."""
        state = self.runs.known(str(message["key"]))
        if state is None or state.is_over:
            return
        kind, state.heard = message["kind"], time.monotonic()
        if kind == "steps":
            self._heard_steps(state, [StepRecord.from_json(record) for record in message["records"]])
        elif kind == "saved":
            state.saved = int(message["step"])
        with self.runs.lock:
            if not state.future or state.run.status not in ("waiting", "running"):
                return
            if state.run.status == "waiting":
                state.set("running")
            if kind == "running":
                if state.is_interrupted and message["step"]:
                    state.set("running", resumed=int(message["step"]))
                state.is_interrupted = True  # whatever begins again now has been interrupted

    def _heard_steps(self, state: RunState, records: list[StepRecord]) -> None:
        try:
            history = self.runs.history(state)
        except StoreBusy:
            return  # a gap, which will be filled
        with self.runs.lock:
            before = len(history)
            history.add(records)
            new = len(history) - before
        if new > 0:
            state.tell(state.key)
            state.failures = 0
            experiment = state.run.experiment
            self.served.add(state.owner, new * self.clock.work(experiment) / self.clock.steps(experiment))
            self.clock.heard(experiment, records[-1].rate)
