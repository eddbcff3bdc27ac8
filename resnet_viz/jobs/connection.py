"""The Dask client of the moment and the cluster behind it, and which of several apps on one store looks after the queue."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from resnet_viz.jobs.cluster import MEASURING, TRAINING, Cluster, Process
from resnet_viz.jobs.file_lock import FileLock
from resnet_viz.jobs.scheduler_address import check_address, security
from resnet_viz.jobs.task import TOPIC
from resnet_viz.refused import Refused

log = logging.getLogger(__name__)

CONNECT = 5.0
"""Seconds after which a scheduler counts as not answering."""
COUNT_EVERY = 5.0
"""Seconds between two counts of the workers of a scheduler that is not ours."""


class Lead:
    """The lock of a store, held by the app that looks after its runs.

    The others find the address of the leader's scheduler beside it and share its workers.
    """

    def __init__(self, store: Path) -> None:
        self._lock, self._note = FileLock(store), store.with_name(f"{store.name}.address")

    def take(self) -> bool:
        """Whether this app leads now. Where nothing can be written, every app leads for itself."""
        was_held = self._lock.is_held
        leads = self._lock.take()
        if self._lock.is_held and not was_held:
            self.publish("")
        return leads

    def publish(self, address: str) -> None:
        """Say where this app's scheduler listens."""
        with contextlib.suppress(OSError):
            self._note.write_text(address, encoding="utf-8")

    def address(self) -> str:
        """Where the leader's scheduler listens; empty where it has none yet."""
        try:
            return self._note.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return ""

    def release(self) -> None:
        """Let another app lead."""
        if self._lock.is_held:
            self.publish("")
            self._lock.release()


class Connection:
    """Used by the engine's thread. `heard` gets every message of a worker, from a thread of the client's.

    `given` is the address of somebody's own scheduler; without one the leading app starts a scheduler and `count` workers.
    """

    def __init__(self, store: Path, given: str, count: int, heard: Callable[[dict[str, Any]], None]) -> None:
        self.given, self.count, self._heard = given, count, heard
        self.problem: Refused | None = None
        self.leads = False
        self.address = given
        self._cluster = Cluster(count)
        self._lead = Lead(store)
        self._client: Any = None
        self._found: Sequence[str] = ()
        self._counted = 0.0

    @property
    def client(self) -> Any:
        """The client, where there is one that works."""
        client = self._client
        return client if client is not None and client.status == "running" else None

    @property
    def processes(self) -> Sequence[Process]:
        """The scheduler and the workers that this app has started."""
        return self._cluster.processes

    @property
    def workers(self) -> Sequence[str]:
        """The addresses of workers that are up and take runs."""
        return self._found if self.given else [process.address for process in self.processes[1:] if process.address]

    def lead(self) -> bool:
        """Whether this app looks after the runs of the store."""
        self.leads = self._lead.take()
        return self.leads

    def ready(self) -> bool:
        """Have a connection, and for a cluster of our own its processes. Raises where that fails."""
        if not self.given:
            if self.leads:
                self._tend()
            elif (address := self._lead.address()) != self.address or not address:
                self._disconnect()
                self.address = address
        if not self.address:
            return False
        if self.client is None:
            self._connect()
        if self.given and time.monotonic() - self._counted > COUNT_EVERY:
            known, needed = self._client.scheduler_info(n_workers=-1)["workers"], TRAINING | MEASURING
            self._found = [address for address, worker in known.items() if worker["resources"].items() >= needed.items()]
            self.count = len(self._found)
            self._counted = time.monotonic()
        self.problem = Refused("engine_no_workers", address=self.address) if self.count == 0 else None
        return True

    def lost(self, error: Exception) -> None:
        """Something did not work: say what, and begin anew with the next `ready`."""
        log.warning("the training cluster: %s", error)
        if isinstance(error, Refused):
            self.problem = error
        elif self.given:
            self.problem = Refused("engine_unreachable", address=self.given)
        elif isinstance(error, RuntimeError):  # of a process that has not come up
            self.problem = Refused("engine_not_started", reason=str(error)[:200])
        else:
            self.problem = Refused("engine_restarting")
        self._disconnect()

    def close(self) -> None:
        """End the connection and the processes that were started here."""
        self._disconnect()
        self._cluster.close()
        self._lead.release()

    def _tend(self) -> None:
        """Have the processes of our own cluster; the address stays empty until its scheduler listens.

        Raises `ConnectionError` where there was one before.
        """
        if (address := self._cluster.tend()) != self.address:
            before, self.address = self.address, address
            self._lead.publish(address)
            if before:
                raise ConnectionError(f"the scheduler at {before} has ended")

    def _connect(self) -> None:
        """Connect, listen, and only then read what has been told before: nothing that is told in between is missed."""
        from distributed import Client

        self._disconnect()
        address = check_address(self.address)
        client = Client(address, security=security(address), set_as_default=False, timeout=CONNECT)
        try:
            listens, hello = threading.Event(), uuid.uuid4().hex

            def heard(event: tuple[float, Any]) -> None:
                if event[1].get("hello") == hello:
                    listens.set()
                elif "key" in event[1]:
                    self._heard(event[1])

            client.subscribe_topic(TOPIC, heard)  # on its way: it counts once our own message comes back
            deadline = time.monotonic() + CONNECT
            while not listens.wait(0.02):
                if time.monotonic() > deadline:
                    raise TimeoutError(f"{self.address} does not pass events on")
                client.log_event(TOPIC, {"hello": hello})
            for event in client.get_events(TOPIC) or ():
                heard(event)
        except BaseException:
            client.close(timeout=1)
            raise
        self._client = client

    def _disconnect(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            try:
                client.close(timeout=2)
            except Exception as error:  # it is gone already
                log.debug("closing: %s", error)
