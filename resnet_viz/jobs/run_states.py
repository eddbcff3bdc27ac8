"""`RunStates`: what one app knows of all runs, in memory, and how that and the store are kept alike.

Pages are answered from memory. What happens is noted in memory first; `write` brings it to the store, now or when that works
again. Several apps may share the store: `sync` brings in what the others have written.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence

from resnet_viz.jobs.changes import StoredRun
from resnet_viz.jobs.run_state import RunRecords, RunState
from resnet_viz.jobs.store import Store
from resnet_viz.jobs.store_file import StoreBusy
from resnet_viz.jobs.store_problems import CheckpointTooLarge, StoreFull
from resnet_viz.training.records import StepRecord

NOTE_EVERY, NOTE_OVER_EVERY = 10.0, 60.0
"""Seconds after which the store is told anew that somebody watches a run; the latter for runs that are over."""
FULL_EVERY = 10.0
"""Seconds after which a store without room is tried again."""
HISTORIES, STEPS = 48, 30_000
"""Histories of finished runs in memory, and steps in all of them; the others are read from the store when asked for."""
STATES = 1_000


class RunStates:
    """Methods may be called from any thread. `lock` guards the states; it is held for moments."""

    def __init__(self, store: Store, lease: float) -> None:
        self.store, self.lease = store, lease
        self.lock = threading.RLock()
        self._states: OrderedDict[str, RunState] = OrderedDict()
        self._generation = store.generation
        self.tell: Callable[[str], None] = lambda _key: None
        """Is told the key of every run of which there is news, from any thread."""

    def known(self, key: str) -> RunState | None:
        """What is in memory of a run."""
        with self.lock:
            return self._states.get(key)

    def state(self, key: str) -> RunState | None:
        """What is known of a run; None where nobody has ever asked for it. Raises `StoreBusy`."""
        with self.lock:
            if state := self._states.get(key):
                self._states.move_to_end(key)
                return state
        run = self.store.run(key)
        return self.take(run) if run else None

    def take(self, run: StoredRun) -> RunState:
        """The state of a run as the store has it, where memory knows nothing newer."""
        with self.lock:
            state = self._states.get(run.key)
            if state is None:
                state = self._states[run.key] = RunState(run, run.owner, tell=lambda key: self.tell(key))
                if run.watched + self.lease > time.time():  # its browsers come back after a restart, if they are given the time
                    state.watched = time.time() + self.lease
                state.is_interrupted = run.status == "running"
            elif state.is_noted and not state.future:
                is_news = state.run.status != run.status
                state.run = run
                if is_news:
                    state.changed()
            else:
                state.run = state.run._replace(watched=run.watched, rank=run.rank)
            return state

    def all(self) -> list[RunState]:
        """All runs in memory."""
        with self.lock:
            return list(self._states.values())

    def by_status(self) -> dict[str, float]:
        """How many runs in memory stand so."""
        return dict(Counter(state.run.status for state in self.all()))

    def unfinished(self) -> list[RunState]:
        """The runs that wait, train or are paused."""
        return [state for state in self.all() if not state.is_over]

    def history(self, state: RunState) -> RunRecords:
        """The records of a run, read from the store where they are not in memory. Raises `StoreBusy`."""
        if state.history is None:
            history = RunRecords(map(StepRecord.from_json, self.store.steps(state.key)))
            with self.lock:
                if state.history is None:
                    state.history, state.written = history, len(history)
        return state.history

    def sync(self) -> None:
        """Hold memory against the store. Raises `StoreBusy`."""
        found = {self.take(run).key for run in self.store.unfinished()}
        if self.store.generation != self._generation:
            self._generation = self.store.generation
            self._write_anew()
            return
        for state in self.unfinished():
            if state.key in found or not state.is_noted:
                continue
            run = self.store.run(state.key)
            if run is None:  # dropped while it was over
                self._make(state)
            elif state.future is None:
                self.take(run)
            elif run.status == "stopped":
                state.command = "stop"

    def _write_anew(self) -> None:
        """The store has begun a new file: it gets everything that is in memory."""
        for state in self.all():
            if state.history is None and state.is_over:
                with self.lock:
                    del self._states[state.key]
            else:
                self._make(state)

    def _make(self, state: RunState) -> None:
        self.store.ask(state.key, state.run.experiment, state.run.rank, state.owner)
        state.written, state.kept, state.noted, state.is_noted = 0, 0, 0.0, False

    def write(self, state: RunState, *, leads: bool) -> None:
        """Bring to the store what it lacks of a run; what a run has shown is written by the app that leads."""
        every = NOTE_OVER_EVERY if state.is_over else NOTE_EVERY
        if state.watched - state.noted > every or not state.is_noted:
            self.store.watch(state.key, state.watched)
            state.noted = state.watched
        if leads:
            self._write_steps(state)
        else:
            self._follow(state)
        if not state.is_noted:
            state.is_noted = True  # before it is read: whoever changes it meanwhile has it written again
            run = state.run
            self.store.set_status(state.key, run.status, reason=run.reason, result=run.result)

    def _write_steps(self, state: RunState) -> None:
        history = state.history
        if history is None or state.written >= len(history) or time.monotonic() < state.retry_at:
            return
        records = history.records[state.written :]
        try:
            self.store.add_steps(state.key, [(record.step, record.to_json()) for record in records])
        except StoreFull as error:
            state.unkept, state.retry_at = error, time.monotonic() + FULL_EVERY
        else:
            state.written += len(records)
            state.unkept = None

    def _follow(self, state: RunState) -> None:
        """Read what the leading app has written and this one has not heard. Raises `StoreBusy`."""
        history = state.history
        if history is None or not (history.has_gap or (state.is_over and len(history) < state.run.result.get("step", 0))):
            return
        missing = [StepRecord.from_json(record) for record in self.store.steps(state.key, len(history))]
        with self.lock:
            history.add(missing)
        state.written = len(history)
        state.tell(state.key)

    def keep(self, state: RunState, step: int, blob: bytes) -> None:
        """Bring a checkpoint to the store. Where it is too large, the run goes on without."""
        state.kept = max(step, state.saved)
        try:
            self.store.keep(state.key, step, blob)
        except (CheckpointTooLarge, StoreFull) as error:
            state.unkept = error

    def checkpoint(self, state: RunState) -> tuple[int, bytes] | None:
        """(step, bytes) of the last checkpoint up to which the history is complete. Raises `StoreBusy`."""
        found = self.store.checkpoint(state.key)
        return found if found and found[0] <= len(self.history(state)) else None

    def evict(self) -> None:
        """Forget histories, then whole runs, that nobody has looked at for longest; the store has them."""
        with self.lock:
            over = [state for state in self._states.values() if state.is_over and state.is_noted]
            kept = [state for state in over if state.history is not None and state.written == len(state.history)]
            steps = sum(state.steps for state in kept)
            while kept and (len(kept) > HISTORIES or steps > STEPS):
                oldest = kept.pop(0)
                steps -= oldest.steps
                oldest.history = None
            for state in over[: max(0, len(self._states) - STATES)]:
                del self._states[state.key]

    def records(self, key: str) -> Sequence[StepRecord]:
        """All records of a run, as far as they can be had now."""
        try:
            state = self.state(key)
            return self.history(state).records if state else []
        except StoreBusy:
            return []
