"""Tables of numbers as people take them away."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from resnet_viz.text import JOINER


def table(rows: Iterable[Sequence[object]]) -> str:
    """Rows as CSV, in which names are found as one types them.

    >>> table([["layer", "norm"], ["fc", "0.5"]])
    'layer,norm\\nfc,0.5\\n'
    """
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().replace(JOINER, "")
