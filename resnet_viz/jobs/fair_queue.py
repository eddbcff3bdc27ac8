"""Whose run is next, how much one session may ask for, and how long the others wait.

Who has been served least lately is next, so a session with many runs does not make another wait for all of them. Runs of sweeps
(rank 1) come after all others, what a class's teacher asks for (rank -1) before them. A run that has had its turn while somebody
else waits goes back into the queue with its checkpoint: whoever has nothing training waits for at most one turn of each other
session that has been served no more.
"""

from __future__ import annotations

import heapq
import time
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from resnet_viz.refused import Refused

TURN = 60.0
"""Seconds that a run trains while other sessions wait."""
TEACHERS = -1
"""The rank of what a class's teacher asks for."""
HALF_LIFE = 300.0
"""Seconds after which half of what somebody has had is forgotten."""


class Busy(Refused):
    """Too much is waiting already."""


class Waiting(NamedTuple):
    """One run in the queue."""

    key: str
    owner: str
    rank: int
    created: float
    work: float
    """Multiply-adds that are left of it."""


class Share(NamedTuple):
    """What one session may have waiting and training at once."""

    runs: int = 12
    swept: int = 60
    """Of sweeps."""
    work: float = 6.1e12
    """Multiply-adds: one of the longest runs that are trained live, or about fifty of 56 layers and 300 steps."""

    def check(self, own: Sequence[Waiting], rank: int, work: float) -> None:
        """Raises `Busy` where one more run of this rank and work would be too much."""
        most = self.swept if rank > 0 else self.runs
        if sum(run.rank == rank for run in own) >= most:
            raise Busy("share_runs", limit=most)
        used = sum(run.work for run in own)
        if used and used + work > self.work:
            raise Busy("share_work", percent=round(100 * used / self.work), more=max(1, round(100 * work / self.work)))


class Served:
    """Work that each owner has had lately."""

    def __init__(self) -> None:
        self._work: defaultdict[str, float] = defaultdict(float)
        self._at = time.monotonic()

    def add(self, owner: str, work: float) -> None:
        """Count multiply-adds that were done for an owner."""
        self._work[owner] += work

    def lately(self) -> Mapping[str, float]:
        """What each has had; what was long ago counts less."""
        now = time.monotonic()
        share, self._at = 0.5 ** ((now - self._at) / HALF_LIFE), now
        for owner in [*self._work]:
            self._work[owner] *= share
            if self._work[owner] < 1:
                del self._work[owner]
        return self._work


def order(waiting: Iterable[Waiting], served: Mapping[str, float]) -> list[Waiting]:
    """The queue: of each rank first the run of the owner who has had least, each run in the queue counted as had.

    >>> many = [Waiting(f"a{i}", "a", 0, i, 1.0) for i in range(3)]
    >>> [run.key for run in order([*many, Waiting("b0", "b", 0, 9, 1.0)], {})]
    ['a0', 'b0', 'a1', 'a2']
    """
    ranks: dict[int, dict[str, deque[Waiting]]] = {}
    for run in sorted(waiting, key=lambda run: (run.created, run.key)):
        ranks.setdefault(run.rank, {}).setdefault(run.owner, deque()).append(run)
    had = dict(served)
    found: list[Waiting] = []
    for _, owners in sorted(ranks.items()):
        heap = [(had.get(owner, 0.0), runs[0].created, owner) for owner, runs in owners.items()]
        heapq.heapify(heap)
        while heap:
            _, _, owner = heapq.heappop(heap)
            run = owners[owner].popleft()
            found.append(run)
            had[owner] = had.get(owner, 0.0) + run.work
            if owners[owner]:
                heapq.heappush(heap, (had[owner], owners[owner][0].created, owner))
    return found


def overdue(training: Iterable[tuple[Waiting, float]], waiting: Sequence[Waiting], served: Mapping[str, float]) -> list[str]:
    """The keys of runs that have had their turn while another session's run waits that would be next.

    `training` has (run, seconds that it has trained). Those that have trained longest go first, one for each run that waits.
    """
    found: list[str] = []
    for run, seconds in sorted(training, key=lambda one: -one[1]):
        rivals = [other for other in waiting if other.owner != run.owner and other.rank <= run.rank]
        if seconds > TURN and len(found) < len(rivals) and order([*rivals, run], served)[0] != run:
            found.append(run.key)
    return found
