"""Numbers as one would say them, in this session's language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def big(value: float, digits: int = 1) -> str:
    """A count in the largest unit that leaves a digit before the point: 25.6 M, 4.1 G.

    >>> big(25557032), big(4089184256), big(950)
    ('25.6 M', '4.1 G', '950')
    """
    for unit, size in (("T", 1e12), ("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if abs(value) >= size:
            return f"{value / size:.{digits}f} {unit}"
    return f"{value:.0f}"


_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def scientific(value: float) -> str:
    """Two digits, with a power of ten where they would need many zeros.

    >>> scientific(0.00123), scientific(42.4), scientific(0)
    ('1.2·10⁻³', '42', '0')
    """
    if value == 0 or 0.01 <= abs(value) < 1000:
        return f"{value:.2g}"
    digits, power = f"{value:.1e}".split("e")
    return f"{digits}·10{str(int(power)).translate(_RAISED)}"


def factor(value: float) -> str:
    """How many times as large, as one would say it.

    >>> factor(1243.2), factor(3.14), factor(0.0123)
    ('1,200', '3.1', '1/81')
    """
    if not value > 0:
        return "0"
    large = max(value, 1 / value)
    shown = f"{large:.1f}" if large < 10 else f"{float(f'{large:.2g}'):,.0f}" if large < 1e6 else scientific(large)
    return shown if value >= 1 else f"1/{shown}"


def mebibytes(count: float) -> str:
    """Bytes as MiB.

    >>> mebibytes(3 * 2**20)
    '3.0 MiB'
    """
    return f"{count / 2**20:.1f} MiB"


def shape_text(shape: Sequence[Any]) -> str:
    """(64, 56, 56) as 64×56×56."""
    return "×".join(map(str, shape))
