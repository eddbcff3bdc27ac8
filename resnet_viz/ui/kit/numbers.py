"""Numbers as one would say them, in this session's language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from resnet_viz.draw.numbers import compact
from resnet_viz.text import raised
from resnet_viz.ui.kit import url_state
from resnet_viz.ui.kit.shared_params import LANGUAGE


def big(value: float, digits: int = 1, language: str = "") -> str:
    """A count in the largest unit that leaves a digit before the point, in this session's language where none is named.

    >>> big(25557032), big(25557032, language="zh")
    ('25.6 M', '2560 万')
    """
    return compact(value, digits, language=language or _language())


def _language() -> str:
    """This session's; English where there is no session."""
    try:
        return url_state.get(LANGUAGE)
    except KeyError:
        return LANGUAGE.default


def scientific(value: float) -> str:
    """Two digits, with a power of ten where they would need many zeros.

    >>> scientific(0.00123), scientific(4.24), scientific(424), scientific(4240), scientific(0)
    ('1.2·10⁻³', '4.2', '420', '4.2·10³', '0')
    """
    if value == 0 or 0.01 <= abs(value) < 1000:
        rounded = float(f"{value:.2g}")
        return f"{rounded:,.0f}" if abs(rounded) >= 10 else f"{rounded:.2g}"
    digits, power = f"{value:.1e}".split("e")
    return f"{digits}·10{raised(int(power))}"


def length(value: float) -> str:
    """The length of a tensor, with as many digits as tell two of a block apart.

    >>> length(0.0123), length(42.42), length(1234.5)
    ('0.012', '42.4', '1,234')
    """
    return scientific(value) if value < 1 or value >= 1e6 else f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def times(ratio: float, language: str = "") -> str:
    """How many times as large, to two digits, in this session's language where none is named.

    >>> times(2712.3), times(14.2), times(1), times(0.0241), times(1.5e-13)
    ('2,700', '14', '1.0', '0.024', '1.5·10⁻¹³')
    >>> times(134_000), times(134_000, "zh"), times(2712.3, "zh")
    ('130,000', '13 万', '2,700')
    """
    if ratio and 0.01 <= ratio < 10:
        return f"{ratio:.1f}" if ratio >= 1 else f"{ratio:.2g}"
    if not 10 <= ratio < 1e6:
        return scientific(ratio)
    whole, language = float(f"{ratio:.2g}"), language or _language()
    return big(whole, language=language) if language == "zh" and whole >= 1e4 else f"{whole:,.0f}"


def percent(share: float, digits: int = 0, *, bounds: Sequence[float] = ()) -> str:
    """A share, with as many more digits as keep it on its side of the `bounds` that something beside it is said of.

    >>> percent(0.99749, 1, bounds=[1]), percent(0.796, bounds=[0.8]), percent(0.8, bounds=[0.8]), percent(0.796)
    ('99.7%', '79.6%', '80%', '80%')
    """
    said = f"{share:.{digits}%}"
    crossed = any((float(said[:-1]) / 100 >= bound) != (share >= bound) for bound in bounds)
    return percent(share, digits + 1, bounds=bounds) if crossed else said


def mebibytes(count: float) -> str:
    """Bytes as MiB.

    >>> mebibytes(3 * 2**20)
    '3.0 MiB'
    """
    return f"{count / 2**20:.1f} MiB"


def shape_text(shape: Sequence[Any]) -> str:
    """(64, 56, 56) as 64×56×56."""
    return "×".join(map(str, shape))
