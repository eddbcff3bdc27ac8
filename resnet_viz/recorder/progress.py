"""One tqdm bar over runs of unlike length, some of which an earlier call has begun."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TextIO

from tqdm import tqdm

FORMAT = "{percentage:3.0f}%|{bar}| {elapsed}, {remaining} left{postfix}"
LOG_EVERY = 60.0
"""Seconds between two lines where nobody watches."""


class WeightedBar:
    """Runs weigh what their steps cost. What an earlier call has trained took no time in this one."""

    def __init__(self, costs: Mapping[str, float], out: TextIO) -> None:
        """`costs`: for each run its work in all, in any unit."""
        self._costs, self._shares = costs, dict.fromkeys(costs, 0.0)
        self._begun: set[str] = set()
        every = 0.1 if out.isatty() else LOG_EVERY
        self._bar = tqdm(
            total=sum(costs.values()), file=out, bar_format=FORMAT, smoothing=0, mininterval=every, miniters=0, dynamic_ncols=True
        )

    def tell(self, name: str, done: int, total: int) -> None:
        """A run has come so far."""
        share = done / total
        gained = self._costs[name] * (share - self._shares[name])
        self._shares[name] = share
        if name not in self._begun:
            self._begun.add(name)
            self._bar.initial += gained
        under_way = [f"{run} {part:.0%}" for run, part in self._shares.items() if 0 < part < 1]
        self._bar.set_postfix_str(", ".join(under_way), refresh=False)
        self._bar.update(gained)

    def close(self) -> None:
        """Leave the line as it is."""
        self._bar.close()
