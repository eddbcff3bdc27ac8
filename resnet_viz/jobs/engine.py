"""The engine: runs experiments on a Dask cluster and keeps what they showed in the store.

An experiment's key is a digest of its text and is the name of its task, so whoever asks for it, from whatever session or app,
gets the same run. The engine's own thread looks after everything: it starts the cluster, starts it again when it dies, submits
what waits, renews the leases of runs that somebody watches and fetches checkpoints.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, NamedTuple

from resnet_viz.jobs import cluster
from resnet_viz.jobs.eta import Clock
from resnet_viz.jobs.limits import Limits
from resnet_viz.jobs.scheduler_address import check_address, security
from resnet_viz.jobs.shared_calls import Studies
from resnet_viz.jobs.store import FINISHED, Run, Store
from resnet_viz.jobs.task import TOPIC, as_lists, read_variable, train
from resnet_viz.refused import Refused
from resnet_viz.training.experiment import Experiment

log = logging.getLogger(__name__)

LEASE = 75.0
"""Seconds after which a run that nobody looks at stops. A browser tab in the background asks once a minute."""
RENEW_EVERY = 10.0
PULSE = 0.25
HISTORIES = 32
"""Histories in memory; the others are read from the store when asked for."""


class Busy(Refused):
    """Too much is waiting already."""


class View(NamedTuple):
    """A run as a page sees it."""

    run: Run
    ahead: int
    """Runs that will be taken up before it, while it waits."""
    step: int
    """Steps there are."""
    wait: float | None
    """Seconds until it is expected to start, while it waits and the machine's speed is known."""


def key_of(experiment: Experiment) -> str:
    """The digest that names an experiment's run everywhere."""
    return hashlib.blake2b(str(experiment).encode(), digest_size=8).hexdigest()


class Engine:
    """Runs for everybody. Methods are quick and may be called from any thread; nothing waits for the cluster.

    `address` is a scheduler that is there already; without one, a scheduler and `workers` workers are started as processes
    of their own and end with this one.
    """

    def __init__(self, store: Store, *, address: str = "", workers: int | None = None, lease: float = LEASE) -> None:
        self.store, self.lease, self.limits = store, lease, Limits()
        self.address, self.count = address, workers or cluster.worker_count()
        self.problem = ""
        """What is wrong with the cluster right now; empty when all is well."""
        self._lock = threading.RLock()
        self._histories: OrderedDict[str, list[Any]] = OrderedDict()
        self._seen: dict[str, float] = {}
        self._commands: dict[str, str] = {}
        self._renewed: dict[str, float] = {}
        self._futures: dict[str, Any] = {}
        self._fetched: dict[str, int] = {}
        self._saved: dict[str, int] = {}
        self.clock = Clock()
        self._client: Any = None
        self.studies = Studies(self._connected)
        self._processes: list[cluster.Process] = []
        self._wake, self._closing, self._wanted = threading.Event(), threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._look_after, name="job engine", daemon=True)
        self._thread.start()

    # What pages ask for

    def ask(self, experiment: Experiment, rank: int = 0) -> str:
        """The key of this experiment's run, which starts if there is none. Raises `Busy`, or `ValueError` beyond the limits.

        A run of rank 1 is one of many: it waits behind all that somebody asked for alone.
        """
        limits = self.limits
        limits.check(experiment)
        key = key_of(experiment)
        with self._lock:
            known = self.store.run(key)
            waits = known is None or known.status in ("stopped", "failed")
            most = limits.swept if rank else limits.waiting
            if waits and sum(run.rank == rank for run in self.store.unfinished()) >= most:
                raise Busy("busy", limit=most)
            self.store.ask(key, str(experiment), rank)
            self._seen[key] = time.time()
            if known and known.status in ("stopped", "failed") and known.reason != "diverged":
                self.store.set_status(key, "waiting")
            self._commands.pop(key, None)
        self._wake.set()
        return key

    def prepare(self) -> None:
        """Start the cluster now, so that the first run need not wait for it."""
        self._wanted.set()
        self._wake.set()

    def _connected(self) -> Any:
        """The client, where there is one that works."""
        client = self._client
        return client if client is not None and client.status == "running" else None

    def view(self, key: str) -> View | None:
        """How a run stands. Asking keeps it alive."""
        self._seen[key] = time.time()
        run = self.store.run(key)
        if run is None:
            return None
        history = self._history(key)
        ahead = []
        if run.status == "waiting":
            unfinished = self.store.unfinished()
            ahead = unfinished[: next((i for i, other in enumerate(unfinished) if other.key == key), 0)]
        return View(run, len(ahead), int(history[-1][0]) if history else 0, self._wait(ahead) if ahead else None)

    def _wait(self, ahead: Sequence[Run]) -> float | None:
        """Seconds that the cluster needs for these runs."""
        each = [self.clock.seconds(run.experiment, len(self._history(run.key))) for run in ahead]
        return None if None in each else sum(s for s in each if s) / self.count

    def history(self, key: str, after: int = 0) -> list[Any]:
        """The records of a run with a step above `after`. See `task.as_record`."""
        history = self._history(key)
        return history[after:] if after < len(history) else []

    def pause(self, key: str) -> None:
        """Let a run wait where it is."""
        self._command(key, "pause")

    def resume(self, key: str) -> None:
        """Let a paused run go on, or take a stopped one up again where it was."""
        run = self.store.run(key)
        if run and run.status in ("stopped", "failed"):
            self.ask(Experiment.parse(run.experiment))
        self._command(key, "run")

    def cancel(self, key: str) -> None:
        """Stop a run; what it has shown stays."""
        run = self.store.run(key)
        if run and run.status == "waiting" and key not in self._futures:
            self.store.set_status(key, "stopped", reason="asked")
        self._command(key, "stop")

    def close(self) -> None:
        """End the cluster that was started here."""
        self._closing.set()
        self._wake.set()
        self._thread.join(20)

    # What the engine's thread does

    def _command(self, key: str, command: str) -> None:
        self._commands[key] = command
        self._seen[key] = time.time()
        self._renewed.pop(key, None)  # tell it at once
        self._wake.set()

    def _history(self, key: str) -> list[Any]:
        with self._lock:
            if key not in self._histories:
                self._histories[key] = self.store.steps(key)
                while len(self._histories) > HISTORIES:
                    self._histories.popitem(last=False)
            self._histories.move_to_end(key)
            return self._histories[key]

    def _look_after(self) -> None:
        while not self._closing.is_set():
            try:
                if self._ready():
                    self._submit()
                    self._renew()
                    self._fetch()
                    self.studies.sweep()
                    self.problem = ""
            except Exception as error:  # whatever it is: say it, and try again with a new connection
                log.warning("the training cluster: %s", error)
                self.problem = str(error) or type(error).__name__
                self._disconnect()
                self._closing.wait(1)
            self._wake.wait(PULSE if self._futures else 2.0)
            self._wake.clear()
        self._disconnect()
        self._end_processes()

    def _ready(self) -> bool:
        """A connection, and for a cluster of our own its processes; False while nothing has been asked for."""
        if not self._wanted.is_set() and not self.store.unfinished():
            return self._connected() is not None
        if not self.address or self._processes:
            self._own_cluster()
        if self._connected() is None:
            self._connect()
        return True

    def _own_cluster(self) -> None:
        if self._processes and self._processes[0].poll() is not None:  # without a scheduler its workers are of no use
            self._disconnect()
            self._end_processes()
        if not self._processes:
            self._processes = [cluster.start("scheduler")]
            self.address = cluster.address_of(self._processes[0])
        for process in [p for p in self._processes if p.poll() is not None]:
            self._processes.remove(process)
            cluster.close_pipes(process)
        new = [cluster.start("worker", self.address) for _ in range(1 + self.count - len(self._processes))]
        self._processes += new
        for process in new:
            cluster.address_of(process)

    def _connect(self) -> None:
        from distributed import Client

        self._disconnect()
        self._client = Client(check_address(self.address), security=security(self.address), set_as_default=False, timeout=5)
        for _, message in self._client.get_events(TOPIC) or ():
            self._heard(message)
        self._client.subscribe_topic(TOPIC, lambda event: self._heard(event[1]))

    def _disconnect(self) -> None:
        client, self._client = self._client, None
        self._futures.clear()
        self._renewed.clear()
        if client is not None:
            try:
                client.close(timeout=2)
            except Exception as error:  # it is gone already
                log.debug("closing: %s", error)

    def _end_processes(self) -> None:
        if self._processes:
            cluster.end(self._processes)
            self._processes, self.address = [], ""

    def _submit(self) -> None:
        for run in self.store.unfinished():
            if run.key in self._futures:
                self._settle(run.key, self._futures[run.key])
                continue
            if self._watched(run.key):
                self._tell(run.key)
                self._futures[run.key] = self._client.submit(
                    train,
                    run.key,
                    run.experiment,
                    self.store.checkpoint(run.key),
                    key=f"train-{run.key}",
                    pure=False,
                    priority=-run.rank,
                )
            elif run.status != "waiting" or time.time() - run.created > self.lease:
                self.store.set_status(run.key, "stopped", reason="left")

    def _settle(self, key: str, future: Any) -> None:
        """A task that is over while its run is not: it failed, or belongs to an earlier attempt and is submitted again."""
        if future.status == "pending":
            return
        del self._futures[key]
        if future.status == "error":
            self.store.set_status(key, "failed", reason=str(future.exception())[:500])
        elif future.status == "finished" and (result := future.result(timeout=5))["status"] == "done":
            self._heard({"key": key, "kind": "end", **result})

    def _watched(self, key: str) -> bool:
        return time.time() - self._seen.get(key, 0) < self.lease

    def _renew(self) -> None:
        """Say what is wanted of every run, and until when somebody watches it."""
        now = time.time()
        for key in list(self._futures):
            if now - self._renewed.get(key, 0) > RENEW_EVERY and self._watched(key):
                self._tell(key)

    def _tell(self, key: str) -> None:
        from distributed import Variable

        wanted = {"command": self._commands.get(key, "run"), "until": self._seen.get(key, time.time()) + self.lease}
        Variable(f"wanted-{key}", client=self._client).set(wanted, timeout="5s")
        self._renewed[key] = time.time()

    def _fetch(self) -> None:
        """Checkpoints into the store, so that they outlive the scheduler."""
        for key, step in list(self._saved.items()):
            if self._fetched.get(key, 0) < step:
                found = read_variable(self._client, f"checkpoint-{key}")
                if found and int(found["step"]) <= len(self._history(key)):  # else its steps are still on their way
                    self.store.keep(key, int(found["step"]), bytes(found["blob"]))
                    self._fetched[key] = int(found["step"])
            run = self.store.run(key)
            if run is None or run.status in FINISHED:
                self._saved.pop(key, None)
                self._fetched.pop(key, None)

    def _heard(self, message: dict[str, Any]) -> None:
        """One event of one run, told by whichever worker has it."""
        key, kind = str(message["key"]), message["kind"]
        run = self.store.run(key)
        if run is None:
            return  # another app's
        if kind == "steps":
            records = [(int(step), as_lists(record)) for step, record in message["records"]]
            with self._lock:
                history = self._history(key)
                for step, record in records:
                    if step <= len(history):
                        history[step - 1] = record
                    elif step == len(history) + 1:
                        history.append(record)
                self.store.add_steps(key, records)
            self.clock.heard(run.experiment, records[-1][1][5])
        elif kind in ("running", "paused") and run.status not in FINISHED:
            resumed = message.get("resumed") or run.result.get("resumed")
            self.store.set_status(key, kind, result={"resumed": resumed} if resumed else None)
        elif kind == "saved":
            self._saved[key] = int(message["step"])
        elif kind == "end":
            self._ended(key, run, message)

    def _ended(self, key: str, run: Run, message: dict[str, Any]) -> None:
        if run.status == "done" or (message["reason"] == "left" and self._watched(key)):
            self._futures.pop(key, None)  # somebody has come back since
            return
        figures: dict[str, Any] = {name: message[name] for name in ("step", "loss", "error", "test_error") if name in message}
        self.store.set_status(key, message["status"], reason=message["reason"], result=run.result | figures)
        books: tuple[dict[str, Any], ...] = (self._futures, self._commands, self._renewed)
        for book in books:
            book.pop(key, None)
        self._wake.set()
