"""Measurements that take too long for a page: cut into calls, run by the lab's workers, shared by all who ask for the same.

A call is a function and plain arguments; its name on the cluster is a digest of both, so a class that asks thirty times has it
done once. Results arrive one by one, in whatever order the workers finish. Few calls are on the cluster at a time, ten seconds'
worth; each worker makes one beside the run that it trains. Of the sessions that wait the one is next that has had
least of the workers' time (`measuring_turns`). So who has measured nothing lately waits for ten seconds' worth of calls and one
call of each session that has had no more, shared by the workers.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import CancelledError
from typing import Any, NamedTuple

import resnet_viz
from resnet_viz.jobs.cluster import MEASURING
from resnet_viz.jobs.measuring_turns import Asking, Timed, Turns, timed
from resnet_viz.refused import Coded, Refused

LEASE = 60.0
"""Seconds after which calls that nobody looks at are dropped. A page that listens counts as looking, also in the background."""
RESULTS = 5_000
"""Results that are kept, the least recently seen going first."""
OUTSTANDING = 3_000
"""Calls that one session may have waiting."""
NAMES = 500
"""Sets of calls that have a name, the least recently asked for going first."""
AT_ONCE = 16
"""Calls on the cluster at a time."""
SECONDS_AT_ONCE = 10.0
"""Seconds that they may take together, about."""
FETCH = 5.0
"""Seconds after which a result that its worker does not hand over is lost."""


class Call:
    """One piece of a study: a function that workers can import, and the text, numbers and tuples it is given."""

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        self.function, self.arguments = function, arguments
        self.name = f"{function.__module__}.{function.__qualname__}"
        text = f"{self.name}{arguments!r}/{resnet_viz.__version__}"
        self.key = "study-" + hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


class Progress(NamedTuple):
    """How far some calls are."""

    results: list[Any]
    """In the order of the calls; None where there is none yet."""
    done: bool
    """Nothing more will come."""
    problem: str | Coded
    """What went wrong with a call, or why it was not taken, with its code where it has one; empty when all is well."""
    name: str = ""
    """By which `Studies.tell` speaks of these calls together."""
    stand: str = ""
    """How many have a result, how many failed, and how many are not under way until somebody looks again."""
    wait: float | None = None
    """Seconds until the first of them begins, about, as far as other measurements are in its way; None once one has begun."""


class _Begun(NamedTuple):
    """A call on the cluster."""

    owner: str
    call: Call
    future: Any
    charged: float
    """Seconds of the workers' time that its owner has been charged."""
    since: float
    """When it went there (monotonic)."""


class _Ended(NamedTuple):
    """What has become of a call on the cluster."""

    key: str
    begun: _Begun
    found: Timed | BaseException | None
    """None where it was lost."""


class Studies:
    """Studies for everybody. Methods are quick, may be called from any thread and never wait for a worker, but for `sweep`."""

    def __init__(
        self,
        client: Callable[[], Any],
        lease: float = LEASE,
        wake: Callable[[], None] = lambda: None,
        workers: Callable[[], int] = lambda: 1,
    ) -> None:
        """`client()` is the Dask client of the moment, or None while there is no cluster; `wake` has `sweep` called soon."""
        self._client, self._lease, self._woken, self._workers = client, lease, wake, workers
        self._lock = threading.RLock()
        self._queues: OrderedDict[str, OrderedDict[str, Call]] = OrderedDict()
        """What each owner waits for, who has asked first standing first."""
        self._ranks: dict[str, int] = {}
        """Of the owners that wait."""
        self._turns = Turns()
        self._futures: dict[str, _Begun] = {}
        self._seen: dict[str, float] = {}
        self._results: OrderedDict[str, Any] = OrderedDict()
        self._failed: dict[str, str | Coded] = {}
        self._again: dict[str, int] = {}
        self._named: OrderedDict[str, frozenset[str]] = OrderedDict()
        self.tell: Callable[[str], None] = lambda _name: None
        """Is told the name of every set of calls of which one has ended or was dropped, from any thread."""

    def look(self, calls: Sequence[Call], owner: str = "", rank: int = 0) -> Progress:
        """What there is of these calls; those that have not been started are put into the owner's queue, which has this rank."""
        with self._lock:
            now, refused = time.monotonic(), None
            for call in calls:
                self._seen[call.key] = now
                if call.key in self._results:
                    self._results.move_to_end(call.key)
                elif call.key not in self._failed and call.key not in self._futures:
                    queue = self._queues.setdefault(owner, OrderedDict())
                    self._ranks[owner] = rank
                    if len(queue) < OUTSTANDING:
                        queue[call.key] = call
                    elif call.key not in queue:
                        refused = Refused("calls", limit=OUTSTANDING)
            self._pump()
            failed = next((self._failed[call.key] for call in calls if call.key in self._failed), None)
            done = all(call.key in self._results or call.key in self._failed for call in calls)
            stand = self._stand({call.key for call in calls})
            results = [self._results.get(call.key) for call in calls]
            return Progress(results, done, failed or refused or "", self.name(calls), stand, self._wait(calls, owner))

    def _wait(self, calls: Sequence[Call], owner: str) -> float | None:
        """As `Progress.wait` says; None too where nobody else measures."""
        begun = any(call.key in self._futures or call.key in self._results for call in calls)
        if begun or owner not in self._queues:
            return None
        asking = {one.owner: one for one in self._asking()}
        ahead = self._turns.before(asking[owner], asking.values()) + sum(one.charged for one in self._futures.values())
        return ahead / max(1, self._workers()) if ahead else None

    def _asking(self) -> list[Asking]:
        found = []
        for owner, queue in self._queues.items():
            seconds = [self._turns.expected(call.name) for call in queue.values()]
            found.append(Asking(owner, self._ranks.get(owner, 0), sum(seconds), seconds[0]))
        return found

    def name(self, calls: Sequence[Call]) -> str:
        """The name by which `tell` speaks of these calls together."""
        keys = frozenset(call.key for call in calls)
        name = hashlib.blake2b(" ".join(sorted(keys)).encode(), digest_size=8).hexdigest()
        with self._lock:
            self._named[name] = keys
            self._named.move_to_end(name)
            while len(self._named) > NAMES:
                self._named.popitem(last=False)
        return name

    def stand(self, name: str) -> str:
        """How the calls of this name stand, as `Progress.stand` says. Never waits."""
        return self._stand(self._named.get(name, frozenset()))

    def _stand(self, keys: Collection[str]) -> str:
        found, failed = sum(key in self._results for key in keys), sum(key in self._failed for key in keys)
        waiting = sum(key in self._seen and key not in self._results and key not in self._failed for key in keys)
        return f"{found}.{failed}.{len(keys) - found - failed - waiting}"

    def watch(self, names: Iterable[str]) -> None:
        """Somebody goes on waiting for calls of these names without asking anew: those that are under way are kept."""
        now = time.monotonic()
        with self._lock:
            for name in names:
                self._seen |= {key: now for key in self._named.get(name, ()) if key in self._seen}

    def found(self, calls: Sequence[Call]) -> Progress:
        """What there is of these calls, without starting any."""
        with self._lock:
            results = [self._results.get(call.key) for call in calls]
            return Progress(results, all(call.key in self._results for call in calls), "")

    def stop(self, calls: Sequence[Call]) -> None:
        """Drop what has not come yet. What there is stays."""
        with self._lock:
            for call in calls:
                self._drop(call.key)
        self._tell({call.key for call in calls})

    def sweep(self) -> None:
        """Take what has come, drop what nobody looks at any more, and give the cluster more to do.

        For one thread, which may have to wait for a worker; nobody waits for it meanwhile.
        """
        ended = self._fetch()
        with self._lock:
            self._collect(ended)
            late = time.monotonic() - self._lease
            left = [key for key, seen in list(self._seen.items()) if seen < late]
            for key in left:
                self._drop(key)
            self._tell(left)
            self._pump()

    def _fetch(self) -> list[_Ended]:
        """The calls on the cluster that have ended, with what workers say of them."""
        client, ended = self._client(), list[_Ended]()
        with self._lock:
            futures = list(self._futures.items())
        for key, begun in futures:
            future = begun.future
            if client is None or future.client is not client or future.status in ("cancelled", "lost"):
                ended.append(_Ended(key, begun, None))
            elif future.status in ("finished", "error"):
                try:
                    take = future.result if future.status == "finished" else future.exception
                    ended.append(_Ended(key, begun, take(timeout=FETCH)))
                except (OSError, TimeoutError, CancelledError):
                    ended.append(_Ended(key, begun, None))
                    break  # one worker is waited for; what the others have can be had next time
                except Exception as error:  # a result that cannot be read, or that was dropped in this moment
                    ended.append(_Ended(key, begun, error))
        return ended

    def _collect(self, ended: Iterable[_Ended]) -> None:
        """Take results; what was lost goes back to the front of its owner's queue."""
        told = set()
        for key, begun, found in ended:
            if self._futures.get(key) is not begun:
                continue  # dropped meanwhile
            owner, call = begun.owner, begun.call
            if found is None:
                del self._futures[key]
                self._turns.drop(owner, begun.charged, 0.0)
                self._queues.setdefault(owner, OrderedDict())[key] = call
                self._ranks.setdefault(owner, 0)
                self._queues[owner].move_to_end(key, last=False)
                continue
            if isinstance(found, BaseException):
                self._failed[key] = found if isinstance(found, Coded) else str(found)
                self._release(key)
            else:
                self._results[key] = found.result
                self._turns.end(owner, call.name, begun.charged, found.seconds)
                self._futures.pop(key).future.release()
            told.add(key)
        self._tell(told)
        while len(self._results) > RESULTS:
            self._results.popitem(last=False)

    def _tell(self, keys: Collection[str]) -> None:
        for name, named in list(self._named.items()) if keys else ():
            if not named.isdisjoint(keys):
                self.tell(name)

    def _pump(self) -> None:
        """Submit calls, each time one of the owner whose turn it is."""
        client = self._client()
        while client is not None and self._queues and self._has_room():
            owner = self._turns.next(self._asking()) if len(self._queues) > 1 else next(iter(self._queues))
            key, call = self._queues[owner].popitem(last=False)
            self._leave_if_empty(owner)
            if key not in self._results and key not in self._failed and key not in self._futures:
                name = f"{key}-{self._again[key]}" if key in self._again else key
                future = client.submit(timed, call.function, *call.arguments, key=name, resources=MEASURING)
                future.add_done_callback(lambda _: self._woken())
                self._futures[key] = _Begun(owner, call, future, self._turns.begin(owner, call.name), time.monotonic())

    def _has_room(self) -> bool:
        """Whether the cluster has less to do than what keeps its workers busy until the next look."""
        charged = sum(one.charged for one in self._futures.values())
        return len(self._futures) < AT_ONCE and (charged < SECONDS_AT_ONCE or len(self._futures) < 2 * self._workers())

    def _leave_if_empty(self, owner: str) -> None:
        if not self._queues[owner]:
            del self._queues[owner], self._ranks[owner]

    def _drop(self, key: str) -> None:
        """Nobody waits for this call any more. What there is stays; one that has failed is made anew for whoever asks again."""
        self._seen.pop(key, None)
        if self._failed.pop(key, None) is not None:  # the cluster remembers what failed, by name
            self._again[key] = self._again.pop(key, 0) + 1
            while len(self._again) > RESULTS:
                del self._again[next(iter(self._again))]
        for owner, queue in list(self._queues.items()):
            queue.pop(key, None)
            self._leave_if_empty(owner)
        self._release(key)

    def _release(self, key: str) -> None:
        """A call on the cluster comes to nothing."""
        if begun := self._futures.pop(key, None):
            begun.future.release()
            self._turns.drop(begun.owner, begun.charged, time.monotonic() - begun.since)
