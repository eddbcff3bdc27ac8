"""Tables of numbers as people take them away."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence


def table(rows: Iterable[Sequence[object]]) -> str:
    """Rows as CSV.

    >>> table([["layer", "norm"], ["fc", "0.5"]])
    'layer,norm\\nfc,0.5\\n'
    """
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()
