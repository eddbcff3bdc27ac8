"""Measurements that take too long for a page: cut into calls, run by the lab's workers, shared by all who ask for the same.

A call is a function and plain arguments; its name on the cluster is a digest of both, so a class that asks thirty times has it
done once. Results arrive one by one, in whatever order the workers finish.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import resnet_viz

LEASE = 60.0
"""Seconds after which calls that nobody looks at are dropped. A browser tab in the background looks once a minute or less."""
RESULTS = 5_000
"""Results that are kept, the least recently seen going first."""


class Call:
    """One piece of a study: a function that workers can import, and the text, numbers and tuples it is given."""

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        self.function, self.arguments = function, arguments
        text = f"{function.__module__}.{function.__qualname__}{arguments!r}/{resnet_viz.__version__}"
        self.key = "study-" + hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


class Progress(NamedTuple):
    """How far some calls are."""

    results: list[Any]
    """In the order of the calls; None where there is none yet."""
    done: bool
    """Nothing more will come."""
    problem: str
    """What went wrong with a call, or why the workers cannot be reached; empty when all is well."""


class Studies:
    """Studies for everybody. Methods are quick, may be called from any thread and never wait for a worker."""

    def __init__(self, client: Callable[[], Any], lease: float = LEASE) -> None:
        """`client()` is the Dask client of the moment, or None while there is no cluster."""
        self._client, self._lease = client, lease
        self._lock = threading.RLock()
        self._futures: dict[str, Any] = {}
        self._seen: dict[str, float] = {}
        self._results: OrderedDict[str, Any] = OrderedDict()
        self._failed: dict[str, str] = {}
        self._again: dict[str, int] = {}

    def look(self, calls: Sequence[Call]) -> Progress:
        """What there is of these calls; those that have not been started are."""
        with self._lock:
            client = self._client()
            for call in calls:
                self._advance(call, client)
            problems = [self._failed[call.key] for call in calls if call.key in self._failed]
            done = all(call.key in self._results or call.key in self._failed for call in calls)
            return Progress([self._results.get(call.key) for call in calls], done, problems[0] if problems else "")

    def found(self, calls: Sequence[Call]) -> Progress:
        """What there is of these calls, without starting any."""
        with self._lock:
            results = [self._results.get(call.key) for call in calls]
            return Progress(results, all(call.key in self._results for call in calls), "")

    def stop(self, calls: Iterable[Call]) -> None:
        """Drop what has not come yet. What there is stays, and a call that failed may be tried again."""
        with self._lock:
            for call in calls:
                if self._failed.pop(call.key, None):  # the cluster remembers what failed, by name
                    self._again[call.key] = self._again.get(call.key, 0) + 1
                self._drop(call.key)

    def sweep(self) -> None:
        """Drop what nobody looks at any more."""
        with self._lock:
            late = time.monotonic() - self._lease
            for key in [key for key in self._futures if self._seen[key] < late]:
                self._drop(key)

    def _advance(self, call: Call, client: Any) -> None:
        key = call.key
        self._seen[key] = time.monotonic()
        if key in self._results:
            self._results.move_to_end(key)
            return
        if key in self._failed or client is None:
            return
        future = self._futures.get(key)
        if future is None or future.client is not client or future.status in ("cancelled", "lost"):
            name = f"{key}-{self._again[key]}" if key in self._again else key
            self._futures[key] = client.submit(call.function, *call.arguments, key=name, priority=1)
        elif future.status == "error":
            self._failed[key] = str(future.exception(timeout=5))
            self._drop(key)
        elif future.status == "finished":
            self._results[key] = future.result(timeout=5)
            self._drop(key)
            while len(self._results) > RESULTS:
                self._results.popitem(last=False)

    def _drop(self, key: str) -> None:
        self._seen.pop(key, None)
        future = self._futures.pop(key, None)
        if future is not None:
            future.release()
